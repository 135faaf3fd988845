using System.Globalization;
using System.Text.Json;
using Appliance.Client;
using Appliance.Commands.Monitoring;
using Appliance.Tests.Http;
using TestKit;

namespace Appliance.Tests.Commands.Monitoring;

public sealed class MonitorTests
{
    [Fact]
    public void Between_TwoLooks_AreRates()
    {
        var before = Look("""{"ts":1000,"machineBusyMs":100,"machineTotalMs":1000,"receivedBytes":0,"sentBytes":50,"pid":7,"cpuMs":10,"answerTokens":5,"computedTokens":100}""");
        var after = Look("""{"ts":3000,"machineBusyMs":1100,"machineTotalMs":5000,"receivedBytes":2000,"sentBytes":50,"milliCelsius":48250,"pid":7,"cpuMs":410,"answerTokens":65,"computedTokens":300,"turnsRunning":1}""");
        var report = MonitorReport.Between(before, after);
        Assert.Equal((25, 1000, 0, 48.25), (report.CpuPercent, report.ReceivedPerSecond, report.SentPerSecond, report.Celsius));
        Assert.Equal((10, 30, 100, 1), (report.Gateway!.CpuPercent, report.Gateway.TokensPerSecond, report.Gateway.ComputedTokensPerSecond, report.Gateway.TurnsRunning));
    }

    [Fact]
    public void Between_LooksAtTwoProcesses_CountsNothingBelowZero()
    {
        var before = Look("""{"ts":1000,"machineTotalMs":1000,"pid":7,"cpuMs":10000,"answerTokens":5000}""");
        var after = Look("""{"ts":2000,"machineTotalMs":2000,"pid":8,"cpuMs":10,"answerTokens":0}""");
        Assert.Equal((0, 0), (MonitorReport.Between(before, after).Gateway!.CpuPercent, MonitorReport.Between(before, after).Gateway!.TokensPerSecond));
    }

    [Fact]
    public void Profile_OfLooks_PutsThreadsOfOneNameTogether()
    {
        var report = ProfileReport.Of(
        [
            Look("""{"ts":0,"cpuMs":0,"steps":10,"stepMs":100,"threads":[{"id":1,"name":"pool","cpuMs":5},{"id":2,"name":"pool","cpuMs":0},{"id":3,"name":"idle","cpuMs":9}]}"""),
            Look("""{"ts":500,"turnsRunning":2,"turnsWaiting":4}"""),
            Look("""{"ts":1000,"cpuMs":90,"steps":30,"stepMs":400,"turnsRunning":1,"threads":[{"id":1,"name":"pool","cpuMs":25},{"id":2,"name":"pool","cpuMs":30},{"id":3,"name":"idle","cpuMs":9},{"id":4,"name":"new","cpuMs":40}]}"""),
        ]);
        Assert.Equal([new("pool", 2, 50), new("new", 1, 40)], report.Threads);
        Assert.Equal((1000, 90, 20, 300), (report.DurationMs, report.CpuMs, report.Steps, report.StepMs));
        Assert.Equal((1, 2, 1.33, 4), (report.MeanRunning, report.MostRunning, report.MeanWaiting, report.MostWaiting));
    }

    [Fact]
    public async Task Monitor_Once_TellsOfTheGateway_AndWithoutOneOfTheMachine()
    {
        await using var host = await TestHost.StartAsync();
        var with = JsonElement.Parse(await Run(MonitorCommand.Create(() => host.Home), "--once", "--json", "--interval", "0.1"));
        Assert.Equal(Environment.ProcessId, with.Member("gateway").Number("pid"));
        Assert.True(with.Number("memory_total_bytes") > with.Number("memory_available_bytes"));

        using var empty = new TemporaryFolder();
        var without = JsonElement.Parse(await Run(MonitorCommand.Create(() => empty.Path), "--once", "--json", "--interval", "0.1"));
        Assert.Equal(JsonValueKind.Undefined, without.Member("gateway").ValueKind);
        Assert.True(without.Number("memory_total_bytes") > 0);
        Assert.NotEmpty(MonitorCommand.Create().Parse(["--interval", "0"]).Errors);
    }

    [Fact]
    public async Task Profile_OfARunningGateway_SeesTheWorkingThread()
    {
        await using var host = await TestHost.StartAsync();
        var done = false;
        var thread = new Thread(() => { while (!Volatile.Read(ref done)) Thread.SpinWait(1000); }) { Name = "busy", IsBackground = true };
        thread.Start();
        try
        {
            var report = JsonElement.Parse(await Run(ProfileCommand.Create(() => host.Home), "--duration", "1", "--json"));
            Assert.Contains("busy", report.Items("threads").Select(row => row.Text("name")));
        }
        finally
        {
            Volatile.Write(ref done, true);
            thread.Join();
        }
    }

    [Fact]
    public async Task Health_OfARunningGateway_IsOk()
    {
        await using var host = await TestHost.StartAsync();
        Assert.Matches("^ok: answered in [0-9]+ ms, 0 sessions\n$", await Run(HealthCommand.Create(() => host.Home)));
    }

    private static BoxSample Look(string json) => BoxSample.Of(JsonElement.Parse(json));

    private static async Task<string> Run(System.CommandLine.Command command, params string[] arguments)
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        Assert.Equal(0, await command.Parse(arguments).InvokeAsync(new() { Output = output, Error = new StringWriter(), EnableDefaultExceptionHandler = false }));
        return output.ToString();
    }
}
