using System.CommandLine;
using Appliance.Commands.Config;
using Appliance.Config;
using Models;
using TestKit;

namespace Appliance.Tests.Commands.Config;

public sealed class OnboardCommandTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Onboard_WithEmptyAnswers_ChangesNothing()
    {
        Assert.Contains("Nothing was changed", Run("\n\n\n"));
        Assert.Contains("Nothing was changed", Run(""));
        Assert.False(File.Exists(_home["appliance.json"]));
    }

    [Fact]
    public void Onboard_OpenedToTheNetwork_MakesATokenAndShowsItOnce()
    {
        File.WriteAllText(_home["appliance.json"], "{ // mine\n}");
        var output = Run("maybe\n2\nx\n4711\n");
        using var store = ConfigStore.Open(_home.Path);
        Assert.Equal(("0.0.0.0", 4711), (store.Config.Gateway.Bind, store.Config.Gateway.Port));
        Assert.Empty(store.MissingSecrets());
        Assert.Contains(File.ReadAllText(_home["secrets/GATEWAY_TOKEN"]), output);
        Assert.Contains("// mine", File.ReadAllText(_home["appliance.json"]));
        Assert.DoesNotContain("gateway token", Run("\n\n"));
    }

    [Fact]
    public void Onboard_NonInteractive_DoesWhatTheOptionsSay()
    {
        Run("2\n1\n", "--non-interactive", "--port", "4711", "--model", "story");
        using var store = ConfigStore.Open(_home.Path);
        Assert.Equal(("loopback", 4711, "story"), (store.Config.Gateway.Bind, store.Config.Gateway.Port, store.Config.Models.Default));
        Assert.Throws<ModelException>(() => Run("", "--non-interactive", "--bind", "box.local"));
    }

    private string Run(string answers, params string[] arguments)
    {
        var output = new StringWriter();
        Assert.Equal(0, OnboardCommand.Create(() => _home.Path, new StringReader(answers)).Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = TextWriter.Null, EnableDefaultExceptionHandler = false }));
        return output.ToString();
    }
}
