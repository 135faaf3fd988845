using System.Net;
using System.Net.Sockets;
using Appliance.Commands.Gateway;
using Appliance.Hosting;
using Models;
using Models.Generation;
using Models.Store;

namespace Appliance.Tests.Http;

public sealed class ServeCommandTests
{
    private static readonly ServerOptions AnyPort = new() { Port = 0 };

    [Fact]
    public async Task Run_EmptyStore_SaysWhereItListensAndHowToGetAModel()
    {
        await using var models = await StoppedAsync();
        var output = await RunBrieflyAsync(models, AnyPort);
        Assert.Matches(@"^listening on http://127\.0\.0\.1:[1-9][0-9]*\n.*appliance models pull.*\n$", output);
        // The host under test made its token at its own first start: it is not shown twice.
        Assert.DoesNotContain("token", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithAModel_SaysOnlyWhereItListens()
    {
        await using var models = await StoppedAsync(TestHost.Model);
        Assert.Matches(@"^listening on http://\[::1\]:[1-9][0-9]*\n$", await RunBrieflyAsync(models, AnyPort with { Address = IPAddress.IPv6Loopback }));
    }

    [Fact]
    public async Task Run_ModelNamed_LoadsIt()
    {
        await using var models = await StoppedAsync(TestHost.Model);
        await RunBrieflyAsync(models, AnyPort with { Model = "tiny:latest" });
        Assert.Equal(["tiny"], models.Loaded.Select(loaded => loaded.Name));
    }

    [Fact]
    public async Task Run_ModelThatIsNotThere_EndsBeforeListening()
    {
        await using var models = await StoppedAsync(TestHost.Model);
        var output = new StringWriter();
        await Assert.ThrowsAsync<StoreException>(() => ServeCommand.RunAsync(models, AnyPort with { Model = "nope" }, output, TextWriter.Null, default));
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public async Task Run_ModelThatCannotBeLoaded_Ends()
    {
        await using var models = await StoppedAsync(TestHost.Model);
        models.LoadFault = new GenerationException("too large");
        await Assert.ThrowsAsync<GenerationException>(() => ServeCommand.RunAsync(models, AnyPort with { Model = "tiny" }, TextWriter.Null, TextWriter.Null, default));
    }

    [Fact]
    public async Task Run_PortInUse_NamesThePortAndWhatToDo()
    {
        await using var models = await StoppedAsync(TestHost.Model);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var error = await Assert.ThrowsAsync<ModelException>(
            () => ServeCommand.RunAsync(models, AnyPort with { Port = port }, TextWriter.Null, TextWriter.Null, default));
        Assert.Contains($"Port {port}", error.Message);
        Assert.Contains("--port", error.Message);
    }

    [Fact]
    public async Task Run_AddressOfAnotherMachine_SaysSo()
    {
        await using var models = await StoppedAsync(TestHost.Model);
        var options = AnyPort with { Address = IPAddress.Parse("192.0.2.1"), Token = "0123456789abcdef0123456789abcdef" };
        var error = await Assert.ThrowsAsync<ModelException>(() => ServeCommand.RunAsync(models, options, TextWriter.Null, TextWriter.Null, default));
        Assert.Contains("192.0.2.1", error.Message);
    }

    [Theory]
    [InlineData("--port", "70000")]
    [InlineData("--port", "-1")]
    [InlineData("--bind", "box.local")]
    public async Task Create_WrongOption_IsExplained(string option, string value)
    {
        var error = await Assert.ThrowsAsync<ModelException>(
            () => ServeCommand.Create("serve").Parse([option, value]).InvokeAsync(new() { EnableDefaultExceptionHandler = false }));
        Assert.Contains(option, error.Message);
    }

    /// <summary>A home, its models and its token, whose own server has stopped: one gateway runs on a home.</summary>
    private static async Task<TestHost> StoppedAsync(params string[] models)
    {
        var host = await TestHost.StartAsync(null, models);
        await host.StopAsync();
        return host;
    }

    private static async Task<string> RunBrieflyAsync(IModelHost models, ServerOptions options)
    {
        using var stop = new CancellationTokenSource();
        // Flushing is the last thing before it serves.
        var output = new FlushSignal(stop);
        await ServeCommand.RunAsync(models, options, output, TextWriter.Null, stop.Token);
        return output.ToString();
    }

    private sealed class FlushSignal(CancellationTokenSource flushed) : StringWriter
    {
        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            flushed.CancelAfter(TimeSpan.Zero);
            return Task.CompletedTask;
        }
    }
}
