using System.Text;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Config.Secrets;
using Models;
using TestKit;

namespace Appliance.Tests.Config;

public sealed class ConfigStoreTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly List<string> _notes = [];

    private string File => _home["appliance.json"];

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Open_WithoutAFile_HasTheDefaultsAndWritesNothing()
    {
        using var store = Open();
        Assert.Equal(new ApplianceConfig(), store.Config);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_home.Path));
    }

    [Fact]
    public void Open_AFileTornAtAnyByte_StaysWithTheLastGoodOne()
    {
        var whole = Encoding.UTF8.GetBytes("{ \"gateway\": { \"port\": 4711 }, // mine\n  \"models\": { \"default\": \"story\" } }");
        Write(whole);
        using (Open()) { }
        for (var length = 0; length < whole.Length; length++)
        {
            Write(whole[..length]);
            _notes.Clear();
            using var store = Open();
            Assert.Equal((4711, "story"), (store.Config.Gateway.Port, store.Config.Models.Default));
            Assert.NotNull(store.Problem);
            Assert.Contains("cannot be used: line ", Assert.Single(_notes));
        }
    }

    [Fact]
    public void Open_ABrokenFileAndNoLastGood_HasTheDefaults()
    {
        Write("{");
        using var store = Open();
        Assert.Equal(new ApplianceConfig(), store.Config);
        Assert.Contains("The defaults are used", Assert.Single(_notes));
    }

    [Fact]
    public void Reload_WhileWatching_TellsWhatChangedAndWhatNeedsARestart()
    {
        Write("""{"models": {"default": "a"}}""");
        using var store = Open();
        var changes = new List<ConfigChange>();
        store.Changed += changes.Add;
        var time = new ManualTime();
        store.Watch(time);

        Write("""{"models": {"default": "b"}, "gateway": {"port": 1}}""");
        time.Advance(TimeSpan.FromSeconds(6));
        var change = Assert.Single(changes);
        Assert.Equal(["models.default", "gateway.port"], change.Paths.Select(p => p.ToString()));
        Assert.Equal(["gateway.port"], change.NeedRestart.Select(p => p.ToString()));
        Assert.Equal("b", store.Config.Models.Default);
        Assert.Contains("After a restart only: gateway.port", _notes.Last());

        Write("{ torn");
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Single(changes);
        Assert.Equal("b", store.Config.Models.Default);
        Assert.Contains("stays in force", _notes.Last());

        System.IO.File.Delete(File);
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Null(store.Config.Models.Default);
        Assert.Null(store.Problem);
    }

    [Fact]
    public async Task Watch_AChangeOnTheDisk_IsHeardOf()
    {
        using var store = Open();
        var heard = new TaskCompletionSource<ConfigChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Changed += heard.SetResult;
        store.Watch(TimeProvider.System);
        Write("""{"models": {"default": "b"}}""");
        Assert.Equal("b", (await heard.Task.WaitAsync(TimeSpan.FromSeconds(30))).After.Config.Models.Default);
    }

    [Fact]
    public void Edit_KeepsCommentsAndModes_AndAReadBackHasIt()
    {
        Write("{\n  // mine\n  \"gateway\": { \"port\": 1 }\n}\n");
        using var store = Open();
        var change = store.Edit(document => ConfigEdit.Set(document, ConfigPath.Parse("models.default"), "story"));
        Assert.Equal(["models.default"], change.Paths.Select(p => p.ToString()));
        Assert.Contains("// mine", System.IO.File.ReadAllText(File));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        using var again = Open();
        Assert.Equal("story", again.Config.Models.Default);
    }

    [Fact]
    public void Edit_ToWhatCannotBeUsed_LeavesTheFileAsItWas()
    {
        Write("""{"gateway": {"port": 1}}""");
        using var store = Open();
        var error = Assert.Throws<ModelException>(() => store.Edit(document => ConfigEdit.Set(document, ConfigPath.Parse("gateway.port"), -1)));
        Assert.Contains("gateway.port must be between", error.Message);
        Assert.Equal("""{"gateway": {"port": 1}}""", System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void Replace_ForAnotherFileThanItWasMadeFor_IsRefused()
    {
        using var store = Open();
        var hash = store.Hash;
        store.Edit(document => ConfigEdit.Set(document, ConfigPath.Parse("models.default"), "a"));
        Assert.Throws<ConfigConflictException>(() => store.Replace(_ => ConfigEdit.Empty, hash));
        store.Replace(_ => ConfigEdit.Empty, store.Hash);
        Assert.Null(store.Config.Models.Default);
    }

    [Fact]
    public void Edit_FromManyAtOnce_LosesNothing()
    {
        Parallel.For(0, 16, i =>
        {
            using var store = ConfigStore.Open(_home.Path);
            store.Edit(document => ConfigEdit.Set(document, ConfigPath.Parse($"n{i}"), i));
        });
        using var all = Open();
        Assert.Equal(Enumerable.Range(0, 16), all.Current.Effective.Select(p => (int)p.Value!).Order());
    }

    [Fact]
    public void Edit_ThroughALink_ChangesTheFileBehindIt()
    {
        using var elsewhere = new TemporaryFolder();
        System.IO.File.WriteAllText(elsewhere["real.json"], "{}");
        System.IO.File.CreateSymbolicLink(File, elsewhere["real.json"]);
        using var store = Open();
        store.Edit(document => ConfigEdit.Set(document, ConfigPath.Parse("models.default"), "a"));
        Assert.Contains("\"a\"", System.IO.File.ReadAllText(elsewhere["real.json"]));
        Assert.NotNull(new FileInfo(File).LinkTarget);
    }

    [Fact]
    public void Resolve_EveryKindOfSecret_GivesIt()
    {
        System.IO.File.WriteAllText(_home["secret"], "  from-a-file\n");
        Environment.SetEnvironmentVariable("CONFIG_STORE_TESTS_SECRET", "from-a-variable");
        Assert.Equal("from-a-file", Resolve("""{"file": "secret"}"""));
        Assert.Equal("from-a-variable", Resolve("""{"env": "CONFIG_STORE_TESTS_SECRET"}"""));
        Assert.Equal("from-a-variable", Resolve("\"${CONFIG_STORE_TESTS_SECRET}\""));
        Assert.Equal("from $(a) program", Resolve("""{"command": ["printf", "%s", "from $(a) program"]}"""));
        Assert.Equal("inline", Resolve("\"inline\""));
    }

    [Theory]
    [InlineData("""{"file": "nothing"}""", "cannot be read")]
    [InlineData("""{"env": "CONFIG_STORE_TESTS_NOTHING"}""", "is not set")]
    [InlineData("""{"command": ["no-such-program-here"]}""", "cannot be run")]
    [InlineData("""{"command": ["sh", "-c", "echo oh-no; exit 3"]}""", "ended with 3")]
    [InlineData("""{"command": ["true"]}""", "gave nothing")]
    public void Resolve_WhatIsNotThere_NamesThePlaceAndNoSecret(string reference, string expected)
    {
        var error = Assert.Throws<ModelException>(() => Resolve(reference));
        Assert.Contains(expected, error.Message);
        Assert.DoesNotContain("oh-no", error.Message);
    }

    private string Resolve(string reference) => SecretResolver.Resolve(SecretReference.Read(System.Text.Json.Nodes.JsonNode.Parse(reference), out _)!, "gateway.token", _home.Path);

    private ConfigStore Open() => ConfigStore.Open(_home.Path, null, _notes.Add);

    private void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    private void Write(byte[] text) => System.IO.File.WriteAllBytes(File, text);
}
