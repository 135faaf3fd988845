using System.Globalization;
using System.Text.Json;
using Appliance.Client;
using Appliance.Commands.Update;
using Appliance.Tests.Http;
using Appliance.Update.Health;
using Models;
using TestKit;

namespace Appliance.Tests.Update.Health;

public sealed class HealthGateTests
{
    private static readonly TimeSpan Plenty = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Wait_ForAGatewayThatIsWell_SeesServiceModelAndTool()
    {
        await using var host = await TestHost.StartAsync();
        var steps = await new HealthGate(host.Home, TimeProvider.System).WaitAsync(Plenty, CancellationToken.None);
        Assert.Equal(["ready", "model", "tool"], steps.Select(step => step.Name));
        Assert.All(steps, step => Assert.True(step.IsOk, step.What));
        Assert.Equal("the tool calc works", steps[2].What);
        Assert.NotEmpty(host.LoadedNames);
    }

    [Fact]
    public async Task Look_AtAModelThatCannotBeLoaded_SaysSo()
    {
        await using var host = await TestHost.StartAsync();
        host.LoadFault = new ModelException("its weights are gone");
        var steps = new List<HealthStep>();
        await new HealthGate(host.Home, TimeProvider.System).LookAsync(steps, CancellationToken.None);
        Assert.Equal(["ready", "model"], steps.Select(step => step.Name));
        Assert.Contains("its weights are gone", steps[1].What, StringComparison.Ordinal);
        Assert.False(steps[1].IsOk);
    }

    [Fact]
    public async Task Look_AtAnotherProgramsGateway_IsNotWell_AndAtItsOwnItIs()
    {
        await using var host = await TestHost.StartAsync();
        var seen = new List<HealthStep>();
        await new HealthGate(host.Home, TimeProvider.System) { Program = "/bin/sh" }.LookAsync(seen, CancellationToken.None);
        Assert.Contains("what answers is", Assert.Single(seen).What, StringComparison.Ordinal);
        Assert.False(seen[0].IsOk);
        seen.Clear();
        // By whatever links it is named.
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["link"], Environment.ProcessPath!);
        await new HealthGate(host.Home, TimeProvider.System) { Program = folder["link"] }.LookAsync(seen, CancellationToken.None);
        Assert.All(seen, step => Assert.True(step.IsOk, step.What));
    }

    [Fact]
    public async Task Health_WithoutAGateway_Exits1AndSaysWhatFails()
    {
        using var empty = new TemporaryFolder();
        var (code, output) = await Run(() => empty.Path, "health", "--within", "1", "--json");
        Assert.Equal(1, code);
        var step = Assert.Single(JsonElement.Parse(output).Items("steps"));
        Assert.Equal(("ready", false), (step.Text("name"), step.Flag("ok")));
        Assert.Contains("no gateway runs", step.Text("what"), StringComparison.Ordinal);
        Assert.NotEmpty(UpdateCommand.Create().Parse(["health", "--within", "0"]).Errors);
    }

    [Fact]
    public async Task Health_OfAGatewayThatIsWell_Exits0()
    {
        await using var host = await TestHost.StartAsync();
        var (code, output) = await Run(() => host.Home, "health");
        Assert.Equal(0, code);
        Assert.StartsWith("ready  ok: the gateway is ready\nmodel  ok: ", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> Run(Func<string> home, params string[] arguments)
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        return (await UpdateCommand.Create(home, () => null).Parse(arguments).InvokeAsync(new() { Output = output, Error = new StringWriter(), EnableDefaultExceptionHandler = false }), output.ToString());
    }
}
