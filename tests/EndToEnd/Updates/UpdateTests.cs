using System.Text;
using System.Text.Json;
using EndToEnd.Services;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd.Updates;

/// <summary>The published binary and its next versions: taken from a stick, tried, committed, gone back, and killed at any moment.</summary>
public sealed class UpdateTests(ITestOutputHelper output)
{
    // Says its version, and ends at once when it is to serve.
    private const string CrashLoop = "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\nexit 7\n";

    [ToolFact("openssl")]
    public async Task Update_OfAProgramThatIsWell_ProvesItselfAndStays()
    {
        using var box = await ReleaseMaker.CreateAsync();
        await box.MakeAsync(7, await File.ReadAllBytesAsync(ApplianceBinary.Path));
        var taken = await box.RunAsync("update", "from", box.Stick, "--json");
        Assert.True(taken.ExitCode == 0, taken.Error);
        Assert.Equal("pending", JsonElement.Parse(taken.Output).GetProperty("outcome").GetString());

        // The installed program is started, and becomes the one in the slot.
        await using (var server = await box.ServeAsync())
        {
            Assert.Equal(Path.Combine(box.Slots, "a", "appliance"), new FileInfo($"/proc/{server.Process.Id}/exe").LinkTarget);
            Assert.Equal(2, (await StatusAsync(box)).GetProperty("tries_left").GetInt32());
            var health = await box.RunAsync("update", "health", "--of-current");
            Assert.True(health.ExitCode == 0, health.Output + health.Error);
            Assert.Equal(0, (await box.RunAsync("update", "slot", "commit")).ExitCode);
        }
        var status = await StatusAsync(box);
        Assert.Equal(("committed", "a", 7), (status.GetProperty("outcome").GetString(), status.GetProperty("good").GetString(), status.GetProperty("release").GetInt32()));
        Assert.Contains("is here already", (await box.RunAsync("update", "from", box.Stick)).Output, StringComparison.Ordinal);
    }

    [ToolFact("openssl")]
    public async Task Update_FromATarWithProgramModelsAndSkill_BringsAllOfIt()
    {
        using var box = await ReleaseMaker.CreateAsync();
        new GgufModel { Architecture = "qwen2", ContextLength = 256, Seed = 4, Kind = GgufKind.Q4_0 }.Save(Path.Combine(box.Stick, "random.gguf"));
        // Several files, in folders, two of them of the same name.
        new BertModel().Save(Path.Combine(box.Stick, "weights"));
        using (var skill = new TemporaryFolder())
        {
            await File.WriteAllTextAsync(skill["SKILL.md"], "---\nname: knitting\ndescription: How to knit.\n---\nKnit.\n");
            System.IO.Compression.ZipFile.CreateFromDirectory(skill.Path, Path.Combine(box.Stick, "knitting.zip"));
        }
        var weights = Directory.GetFiles(Path.Combine(box.Stick, "weights"), "*", SearchOption.AllDirectories).Select(file => ("model", Path.GetRelativePath(box.Stick, file), "searcher"));
        await box.MakeAsync(7, Script(7), [("model", "random.gguf", "talker"), .. weights, ("skill", "knitting.zip", "knitting")]);
        var tar = box.Stick + ".tar";
        await System.Formats.Tar.TarFile.CreateFromDirectoryAsync(box.Stick, tar, includeBaseDirectory: false);
        // What is tried is another program: who looks at what came with it is the one that was installed.
        var taken = await box.RunAsync("update", "from", tar, "--no-restart");
        Assert.True(taken.ExitCode == 0, taken.Error);
        Assert.Equal("version 7\n", (await box.RunAsync("status")).Output);
        Assert.Equal(0, (await box.RunAsync("update", "slot", "rollback")).ExitCode);

        var models = (await box.RunAsync("models", "list", "--json")).Output;
        foreach (var name in new[] { "talker", "searcher" })
        {
            Assert.Contains($"\"{name}\"", models, StringComparison.Ordinal);
            Assert.Equal(0, (await box.RunAsync("models", "verify", name)).ExitCode);
        }
        Assert.Contains("knitting", (await box.RunAsync("skills", "list")).Output, StringComparison.Ordinal);
        var said = await box.RunAsync("run", "--model", "talker", "--max-tokens", "4", "hello");
        Assert.True(said.ExitCode == 0, said.Error);
        Assert.Empty(Directory.GetDirectories(box.Home, ".update-*"));

        // A stick on which one file of a model is another: nothing of it is taken, and what is there stays.
        File.AppendAllText(Path.Combine(box.Stick, "random.gguf"), "x");
        var forged = await box.RunAsync("update", "from", box.Stick, "--no-restart", "--again");
        Assert.Equal(1, forged.ExitCode);
        Assert.Contains("random.gguf", forged.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await box.RunAsync("models", "verify", "talker")).ExitCode);
    }

    [ToolFact("openssl")]
    public async Task Update_OfAProgramThatCrashes_IsStartedThreeTimesAndGoesBack()
    {
        using var box = await ReleaseMaker.CreateAsync();
        await box.MakeAsync(7, Encoding.UTF8.GetBytes(CrashLoop));
        Assert.Equal(0, (await box.RunAsync("update", "from", box.Stick)).ExitCode);
        for (var start = 0; start < 3; start++) Assert.Equal(7, (await box.RunAsync("serve", "--port", "0")).ExitCode);
        await using (var server = await box.ServeAsync()) Assert.True((await server.Client.GetAsync("/readyz")).IsSuccessStatusCode);
        var status = await StatusAsync(box);
        Assert.Equal(("rolled-back", "installed"), (status.GetProperty("outcome").GetString(), status.GetProperty("slot").GetString()));
        var again = await box.RunAsync("update", "from", box.Stick);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("went back: it was started 3 times", again.Error, StringComparison.Ordinal);
        Assert.Contains("went back", (await box.RunAsync("doctor")).Output, StringComparison.Ordinal);
    }

    [ToolFact("openssl")]
    public async Task Update_OfAProgramThatIsGoneOrBroken_RunsTheOneBefore()
    {
        using var box = await ReleaseMaker.CreateAsync();
        await box.MakeAsync(7, Script(7));
        Assert.Equal(0, (await box.RunAsync("update", "from", box.Stick)).ExitCode);
        Assert.Equal("version 7\n", (await box.RunAsync("status")).Output);
        await File.WriteAllTextAsync(Path.Combine(box.Slots, "a", "appliance"), "rotten");
        Assert.StartsWith("0.", (await box.RunAsync("--version")).Output, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(box.Slots, "a"), recursive: true);
        Assert.StartsWith("0.", (await box.RunAsync("--version")).Output, StringComparison.Ordinal);
    }

    [ToolFact("openssl")]
    public async Task Update_WithoutAKeyOrFromNowhere_SaysWhatToDo()
    {
        using var box = await ReleaseMaker.CreateAsync();
        Assert.Contains("--url", (await box.RunAsync("update", "check")).Error, StringComparison.Ordinal);
        Assert.Equal(1, (await box.RunAsync("update", "channel", "--url", "http://updates.example/appliance")).ExitCode);
        Assert.Equal(2, (await box.RunAsync("update", "channel", "nightly")).ExitCode);
        var plain = await ApplianceBinary.RunAsync(box.Home, "update", "status");
        Assert.Contains("not installed", plain.Error, StringComparison.Ordinal);
    }

    [ToolFact("openssl")]
    public Task Update_KilledAtAnyMoment_BootsOldOrNew() => KillAsync(10);

    [ToolFact("openssl"), Trait("Speed", "Slow")]
    public Task Update_KilledAtAnyMomentTwoHundredTimes_BootsOldOrNew() => KillAsync(200);

    // The next version is a script of a line, so that a round is quick; who takes it, judges it and becomes it is the published binary.
    private async Task KillAsync(int rounds)
    {
        using var box = await ReleaseMaker.CreateAsync();
        var random = new Random(rounds);
        var (good, killed) = (0, 0);
        var longest = TimeSpan.FromMilliseconds(150);
        for (var round = 1; round <= rounds; round++)
        {
            await box.MakeAsync(round, Script(round));
            killed += await KillSomewhereAsync("update", "from", box.Stick, "--no-restart") ? 1 : 0;
            await AssertBootsAsync(round);
            if (!(await StatusAsync(box)).GetProperty("outcome").ValueEquals("pending"))
            {
                var whole = await box.RunAsync("update", "from", box.Stick, "--no-restart", "--again");
                Assert.True(whole.ExitCode == 0, whole.Error);
            }
            killed += await KillSomewhereAsync("update", "slot", "begin") ? 1 : 0;
            await AssertBootsAsync(round);
            var isWell = random.Next(2) == 0;
            killed += await KillSomewhereAsync("update", "slot", isWell ? "commit" : "rollback") ? 1 : 0;
            await AssertBootsAsync(round);
            Assert.Equal(0, (await box.RunAsync("update", "slot", isWell ? "commit" : "rollback")).ExitCode);
            if (isWell) good = round;
            Assert.Equal(good, await BootAsync());
            Assert.False(File.Exists(Path.Combine(box.Slots, "tries")));
        }
        output.WriteLine($"figure: updates killed: {killed} of {3 * rounds} steps in {rounds} rounds were cut off");

        async Task<bool> KillSomewhereAsync(params string[] arguments)
        {
            using var process = box.Start(arguments);
            var since = System.Diagnostics.Stopwatch.StartNew();
            using var moment = new CancellationTokenSource(longest * random.NextDouble());
            try { await process.WaitForExitAsync(moment.Token); }
            catch (OperationCanceledException) { process.Kill(); }
            await process.WaitForExitAsync();
            if (process.ExitCode != 137)
            {
                longest = since.Elapsed * 1.1;
                return false;
            }
            // As far as it may have come: on a slow machine nothing comes to its end in the time that a quick one takes.
            longest *= 1.1;
            return true;
        }

        async Task AssertBootsAsync(int round) => Assert.Contains(await BootAsync(), (int[])[good, round]);

        async Task<int> BootAsync()
        {
            var said = await box.RunAsync("--version");
            Assert.True(said.ExitCode == 0, said.Error);
            return said.Output.StartsWith("version ", StringComparison.Ordinal) ? int.Parse(said.Output.AsSpan(8), System.Globalization.CultureInfo.InvariantCulture) : 0;
        }
    }

    // It says who it is, but leaves to the installed program what only that can do.
    private static byte[] Script(int number) => Encoding.UTF8.GetBytes($"#!/bin/sh\nif [ \"$1\" = update ]; then APPLIANCE_SLOT=off exec '{ApplianceBinary.Path}' \"$@\"; fi\necho 'version {number}'\n");

    private static async Task<JsonElement> StatusAsync(ReleaseMaker box)
    {
        var status = await box.RunAsync("update", "status", "--json");
        Assert.True(status.ExitCode == 0, status.Error);
        return JsonElement.Parse(status.Output);
    }
}
