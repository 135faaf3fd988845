using System.Diagnostics;
using System.Globalization;
using System.Net;
using TestKit;

namespace EndToEnd.Services;

/// <summary>What the published binary tells its service manager: ready when it is, alive while its loops go round, stopping when told to.</summary>
public sealed class NotifyTests(StoryModel story) : IClassFixture<StoryModel>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Serve_UnderAServiceManager_IsReadyWhenItAnswers_AndSaysThatItStops(bool isAbstract)
    {
        using var home = new TemporaryFolder();
        using var notify = new NotifySocket(isAbstract);
        using var process = ApplianceBinary.Start(home.Path, ["serve", "--port", "0"], new Dictionary<string, string> { ["NOTIFY_SOCKET"] = notify.Name });
        try
        {
            var ready = await notify.ExpectAsync("READY=1");
            var address = ready.Split("STATUS=listening on ")[1].Trim();
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/readyz", UriKind.Relative))).StatusCode);
            await TerminateAsync(process);
            await notify.ExpectAsync("STOPPING=1");
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
            // What a journal keeps has no secret in it.
            Assert.DoesNotContain("shown this once", await process.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    [StoppedThreadFact(StoryModel.Reference)]
    public async Task Serve_WhereAModelsLoopStandsStill_FeedsTheWatchdogNoMore_UntilItGoesOn()
    {
        using var notify = new NotifySocket(isAbstract: true);
        // Watched by the second: four looks a second.
        using var process = ApplianceBinary.Start(story.Home, ["serve", "--port", "0", "--model", "story"], new Dictionary<string, string>
        {
            ["NOTIFY_SOCKET"] = notify.Name,
            ["WATCHDOG_USEC"] = "1000000",
        });
        try
        {
            await notify.ExpectAsync("READY=1");
            await notify.ExpectAsync("WATCHDOG=1");
            using (new StoppedThread(process.Id, "model story"))
            {
                // What was said before it stood still does not count; one look may have been past the model's loop then.
                notify.Drain();
                var fed = (await notify.ListenAsync(TimeSpan.FromSeconds(2))).Count(message => message == "WATCHDOG=1");
                Assert.InRange(fed, 0, 1);
                // All else goes on.
                Assert.Equal(0, (await ApplianceBinary.RunAsync(story.Home, "health")).ExitCode);
            }
            await notify.ExpectAsync("WATCHDOG=1");
            await notify.ExpectAsync("WATCHDOG=1");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Serve_WatchedAsAnotherProcess_FeedsNobody()
    {
        using var home = new TemporaryFolder();
        using var notify = new NotifySocket(isAbstract: true);
        using var process = ApplianceBinary.Start(home.Path, ["serve", "--port", "0"], new Dictionary<string, string>
        {
            ["NOTIFY_SOCKET"] = notify.Name,
            ["WATCHDOG_USEC"] = "100000",
            ["WATCHDOG_PID"] = "1",
        });
        await notify.ExpectAsync("READY=1");
        await TerminateAsync(process);
        await process.WaitForExitAsync();
        Assert.DoesNotContain("WATCHDOG=1", await notify.ListenAsync(TimeSpan.FromMilliseconds(100)));
    }

    private static async Task TerminateAsync(Process process)
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
