using System.Diagnostics;
using TestKit;

namespace Appliance.Tests.Commands.Models;

/// <summary>The program as a process: stopped, killed, and run twice at once.</summary>
public sealed class ModelsProcessTests : IDisposable
{
    private const string Gguf = "models/tinystories-656k/tinystories-656k-f32.gguf";

    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [SharedFact(Gguf)]
    public async Task Pull_KilledThenTerminatedThenRunAgain_FetchesOnlyTheRest()
    {
        var content = File.ReadAllBytes(Shared.Find(Gguf.Split('/'))!);
        var stops = new Queue<int?>([1_000_000, 500_000, null]);
        using var server = new FakeServer(r =>
        {
            var stop = stops.Dequeue();
            return FakeReply.File(r, content, "\"v1\"") with { BreakAfter = stop, FallSilent = stop is not null };
        });
        string[] pull = ["models", "pull", server.Address + "/story.gguf", "--json"];

        using (var first = Start(pull))
        {
            await PartReaches(1_000_000, first);
            first.Kill();
            await first.WaitForExitAsync();
        }
        using (var second = Start(pull))
        {
            await PartReaches(1_500_000, second);
            // SIGTERM takes the way of Ctrl-C; SIGINT itself is ignored in the children of a shell's background job.
            using (var kill = Process.Start("kill", ["-TERM", $"{second.Id}"])) await kill.WaitForExitAsync();
            await second.WaitForExitAsync();
            Assert.Equal(130, second.ExitCode);
        }
        Assert.Equal((0, ""), await RunAsync("models", "list", "--quiet"));

        Assert.Equal(0, (await RunAsync(pull)).Code);

        Assert.Equal([null, "bytes=1000000-", "bytes=1500000-"], server.Requests.Select(r => r.Header("Range")));
        Assert.Equal((0, "story: ok\n"), await RunAsync("models", "verify"));
    }

    [SharedFact(Gguf)]
    public async Task Import_SameNameInFourProcessesOfWhichOneIsKilled_LeavesOneWholeModel()
    {
        string[] import = ["models", "import", Shared.Find(Gguf.Split('/'))!, "--as", "story"];
        using var first = Start(import);
        using var second = Start(import);
        using var third = Start(import);
        using var victim = Start(import);
        while (!Directory.Exists(_home["models/.staging"]) && !victim.HasExited) await Task.Delay(1);
        victim.Kill();

        foreach (var process in (Process[])[first, second, third])
        {
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
        }

        Assert.Equal((0, "story: ok\n"), await RunAsync("models", "verify"));
        Assert.Equal(0, (await RunAsync(import)).Code);
        Assert.Single(Directory.GetDirectories(_home["models/story"]));
        Assert.Empty(Directory.GetFileSystemEntries(_home["models/.staging"]));
    }

    private async Task PartReaches(long length, Process process)
    {
        var downloads = _home["downloads"];
        while (!Directory.Exists(downloads) || Directory.GetFiles(downloads, "*.part", SearchOption.AllDirectories).Sum(part => new FileInfo(part).Length) < length)
        {
            Assert.False(process.HasExited, "it ended before the server fell silent");
            await Task.Delay(5);
        }
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    private Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "appliance.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["APPLIANCE_HOME"] = _home.Path },
        })!;
}
