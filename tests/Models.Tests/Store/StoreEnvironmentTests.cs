using Models.Store;

namespace Models.Tests.Store;

[Collection(EnvironmentCollection.Name)]
public sealed class StoreEnvironmentTests : IDisposable
{
    private static readonly string[] Variables = [ModelStore.DefaultVariable, "HF_ENDPOINT", "HF_TOKEN", "OLLAMA_REGISTRY", "APPLIANCE_HOME"];
    private readonly string?[] _before = [.. Variables.Select(Environment.GetEnvironmentVariable)];

    public StoreEnvironmentTests() => Array.ForEach(Variables, variable => Environment.SetEnvironmentVariable(variable, null));

    public void Dispose()
    {
        for (var i = 0; i < Variables.Length; i++) Environment.SetEnvironmentVariable(Variables[i], _before[i]);
    }

    [Fact]
    public void Get_NullWithAChosenDefault_GivesThatOne()
    {
        using var home = new TempHome();
        home.Install("first", "1");
        home.Install("second", "2");
        Environment.SetEnvironmentVariable(ModelStore.DefaultVariable, "first");

        Assert.Equal("first", home.Store.Get(null).Manifest.Name);
    }

    [Fact]
    public void Get_NullWithADefaultThatIsNotInstalled_NamesIt()
    {
        using var home = new TempHome();
        home.Install("first", "1");
        Environment.SetEnvironmentVariable(ModelStore.DefaultVariable, "gone");

        Assert.Contains("'gone'", Assert.Throws<StoreException>(() => home.Store.Get(null)).Message);
    }

    [Fact]
    public void FromEnvironment_NothingSet_ArePublicHosts() =>
        Assert.Equal(new PullHosts("https://huggingface.co", null, "https://registry.ollama.ai"), PullHosts.FromEnvironment());

    [Fact]
    public void FromEnvironment_Set_IsTaken()
    {
        Environment.SetEnvironmentVariable("HF_ENDPOINT", "https://mirror.example.org/hf/");
        Environment.SetEnvironmentVariable("HF_TOKEN", " hf_x\n");
        Environment.SetEnvironmentVariable("OLLAMA_REGISTRY", "http://localhost:5000");

        Assert.Equal(new PullHosts("https://mirror.example.org/hf", "hf_x", "http://localhost:5000"), PullHosts.FromEnvironment());
    }

    [Theory]
    [InlineData("HF_ENDPOINT", "mirror.example.org")]
    [InlineData("OLLAMA_REGISTRY", "ftp://x")]
    public void FromEnvironment_NotAnAddress_NamesTheVariable(string variable, string value)
    {
        Environment.SetEnvironmentVariable(variable, value);

        Assert.Contains(variable, Assert.Throws<StoreException>(PullHosts.FromEnvironment).Message);
    }

    [Fact]
    public void HomeFolder_Set_IsTaken()
    {
        Environment.SetEnvironmentVariable("APPLIANCE_HOME", "/srv/box/../appliance");

        Assert.Equal("/srv/appliance", HomeFolder.Path);
    }
}
