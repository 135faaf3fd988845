using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary>The configuration through the published file: commands, a running server, and what is left when the power goes.</summary>
public sealed class ConfigTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Schema_OfThePublishedFile_HasEveryDescription()
    {
        using var home = new TemporaryFolder();
        var result = await ApplianceBinary.RunAsync(home.Path, "config", "schema");
        Assert.Equal(0, result.ExitCode);
        var gateway = JsonNode.Parse(result.Output)!["properties"]!["gateway"]!["properties"]!;
        Assert.Equal(("Port to listen on; 0 takes a free one.", "restart", 18789), ((string?)gateway["port"]!["description"], (string?)gateway["port"]!["x-reload"], (int)gateway["port"]!["default"]!));
        Assert.True((bool)gateway["token"]!["x-secret"]!);
    }

    [Fact]
    public async Task Serve_WhileTheConfigurationChanges_TakesItInAndSurvivesABrokenOne()
    {
        using var home = new TemporaryFolder();
        await using var server = await RunningServer.StartAsync(home.Path);
        var notes = server.Process.StandardError;
        Assert.Equal(0, (await ApplianceBinary.RunAsync(home.Path, "config", "set", "models.keepAlive", "1h")).ExitCode);
        Assert.Contains("configuration changed: models.keepAlive", await LineAsync(notes, "configuration"));
        await File.WriteAllTextAsync(home["appliance.json"], "{ \"models\": { \"keepAl");
        Assert.Contains("The last one that could be used stays in force", await LineAsync(notes, "cannot be used"));
        Assert.True((await server.Client.GetAsync(new Uri("/healthz", UriKind.Relative))).IsSuccessStatusCode);
        // It starts with it too.
        server.Process.Kill();
        await server.Process.WaitForExitAsync();
        await using var again = await RunningServer.StartAsync(home.Path);
        Assert.Contains("stays in force", await LineAsync(again.Process.StandardError, "cannot be used"));
        Assert.Equal("1h\n", (await ApplianceBinary.RunAsync(home.Path, "config", "get", "models.keepAlive")).Output);
    }

    [Fact]
    public async Task Set_KilledAtAnyMoment_LeavesAWholeFile()
    {
        using var home = new TemporaryFolder();
        await ApplianceBinary.RunAsync(home.Path, "config", "set", "models.default", "m0");
        var (killed, random) = (0, new SeededRandom(11));
        for (var i = 1; i <= 40; i++)
        {
            using var process = ApplianceBinary.Start(home.Path, ["config", "set", "models.default", $"m{i}"]);
            using var patience = new CancellationTokenSource(random.Next(25));
            try { await process.WaitForExitAsync(patience.Token); }
            catch (OperationCanceledException)
            {
                process.Kill();
                await process.WaitForExitAsync();
                killed++;
            }
            var result = await ApplianceBinary.RunAsync(home.Path, "config", "validate");
            Assert.True(result.ExitCode == 0, result.Output);
            Assert.Matches("^m[0-9]+\n$", (await ApplianceBinary.RunAsync(home.Path, "config", "get", "models.default")).Output);
        }
        output.WriteLine($"figure: config set: {killed} of 40 were killed on the way, the file was whole every time");
    }

    [Fact]
    public async Task Doctor_Audit_AndBackup_OfThePublishedFile_Work()
    {
        using var home = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        await ApplianceBinary.RunAsync(home.Path, "config", "set", "gateway.port", "1");
        var doctor = await ApplianceBinary.RunAsync(home.Path, "doctor", "--json");
        Assert.Equal("ok", JsonDocument.Parse(doctor.Output).RootElement.GetProperty("findings").EnumerateArray().First(f => f.GetProperty("check").GetString() == "config").GetProperty("severity").GetString());
        Assert.NotEmpty(JsonDocument.Parse((await ApplianceBinary.RunAsync(home.Path, "security", "audit", "--json")).Output).RootElement.GetProperty("findings").EnumerateArray());
        await File.WriteAllTextAsync(elsewhere["pass"], "correct horse battery staple\n");
        Assert.Equal(0, (await ApplianceBinary.RunAsync(home.Path, "backup", "create", elsewhere["b"], "--passphrase-file", elsewhere["pass"])).ExitCode);
        Assert.Equal(0, (await ApplianceBinary.RunAsync(home.Path, "backup", "verify", elsewhere["b"], "--passphrase-file", elsewhere["pass"])).ExitCode);
        Assert.Equal(0, (await ApplianceBinary.RunAsync(elsewhere["new"], "backup", "restore", elsewhere["b"], "--passphrase-file", elsewhere["pass"])).ExitCode);
        Assert.Equal("1\n", (await ApplianceBinary.RunAsync(elsewhere["new"], "config", "get", "gateway.port")).Output);
    }

    private static async Task<string> LineAsync(StreamReader from, string part)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await from.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Contains(part, StringComparison.Ordinal)) return line;
        }
        throw new InvalidOperationException($"No line with '{part}' came.");
    }
}
