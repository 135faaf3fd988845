using System.Text;
using System.Text.Json.Nodes;
using Appliance.Update;
using Appliance.Update.Images;
using Appliance.Update.Slots;
using Appliance.Update.Sources;
using Models;
using Models.Egress;
using TestKit;

namespace Appliance.Tests.Update;

public sealed class UpdaterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SignedRelease _release = new();
    private readonly SlotFolder _slots;
    private readonly List<string> _told = [];

    public UpdaterTests()
    {
        _slots = _release.Trusting(new SlotFolder(_folder["slots"]));
        Directory.CreateDirectory(Stick);
        Files.Add(SignedRelease.File(Stick, "appliance", SignedRelease.Script("two")));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Apply_FromAFolder_IsTriedAtTheNextStart()
    {
        Assert.True(await ApplyAsync());
        Assert.True(_slots.IsPending);
        Assert.Equal(SignedRelease.Script("two"), await File.ReadAllBytesAsync(_slots.FileOf("a")!));
        Assert.Equal(("0.2.0", 5), (_slots.ProgramOf("a")!.Version, _slots.ProgramOf("a")!.Release));
        _slots.Commit();
        Assert.Null((await LookAsync()).Refusal);
        Assert.False((await LookAsync()).IsNewer);
    }

    [Fact]
    public async Task Apply_FromATar_IsTheSame()
    {
        _release.WriteTo(Stick);
        System.Formats.Tar.TarFile.CreateFromDirectory(Stick, _folder["stick.tar"], includeBaseDirectory: false);
        using var source = UpdateSource.Open(_folder["stick.tar"], "stable");
        var offer = await Updater().LookAsync(source, null, false, CancellationToken.None);
        await Updater().CompareAsync(source, offer.Manifest, CancellationToken.None);
        Assert.True(await Updater().ApplyProgramAsync(source, offer.Manifest, CancellationToken.None));
        Assert.True(_slots.IsPending);
    }

    [Fact]
    public async Task Apply_FromAnAddress_GoesOnWhereItBrokeOff()
    {
        _release.WriteTo(Stick);
        var broken = false;
        using var server = new FakeServer(request =>
        {
            var file = Path.Combine(Stick, Path.GetFileName(request.Target));
            if (!File.Exists(file)) return new FakeReply(404);
            var isFirst = Path.GetFileName(file) == "appliance" && !broken;
            broken |= isFirst;
            return FakeReply.File(request, File.ReadAllBytes(file)) with { BreakAfter = isFirst ? 5 : null };
        });
        using var source = new WebSource(server.Address, "stable", new EgressPolicy(), null);
        var offer = await Updater().LookAsync(source, "stable", false, CancellationToken.None);
        Assert.True(await Updater().ApplyProgramAsync(source, offer.Manifest, CancellationToken.None));
        Assert.Equal(SignedRelease.Script("two"), await File.ReadAllBytesAsync(_slots.FileOf("a")!));
        Assert.True(broken);
    }

    [Fact]
    public async Task Look_Offline_AsksNobody()
    {
        using var source = new WebSource("https://updates.example/appliance", "stable", new EgressPolicy { Offline = true }, null);
        Assert.Contains("Offline mode is on", (await Assert.ThrowsAsync<EgressException>(() => Updater().LookAsync(source, "stable", false, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("release", "4", "an older one is not taken")]
    [InlineData("from", "7", "Take that one first")]
    [InlineData("kind", "\"image\"", "kind binary")]
    [InlineData("expires", "EARLIER", "has expired")]
    [InlineData("created", "LATER", "set the clock")]
    public async Task Look_AtAReleaseThatIsNotForThisBox_SaysWhy(string field, string value, string why)
    {
        // This box has had release 5.
        Assert.True(await ApplyAsync());
        _slots.Commit();
        Files.Clear();
        if (field != "kind") Files.Add(SignedRelease.File(Stick, "appliance", SignedRelease.Script("three")));
        _release.Manifest["release"] = 6;
        _release.Manifest[field] = JsonNode.Parse(value switch { "EARLIER" => $"\"{SignedRelease.At(-1)}\"", "LATER" => $"\"{SignedRelease.At(30)}\"", _ => value });
        var offer = await LookAsync();
        Assert.Contains(why, offer.Refusal, StringComparison.Ordinal);
        Assert.False(offer.IsNewer);
    }

    [Fact]
    public async Task Look_AtAnotherChannelOrProcessor_SaysWhy()
    {
        Files[0]!["rid"] = Appliance.Update.Updater.Rid == "linux-x64" ? "linux-arm64" : "linux-x64";
        Assert.Contains("no program for", (await LookAsync()).Refusal, StringComparison.Ordinal);
        File.Delete(Path.Combine(Stick, "update-stable.json"));
        _release.Manifest["channel"] = "beta";
        Assert.Contains("channel beta", (await LookAsync("stable")).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_AtAVersionThatWentBack_NeedsAgain()
    {
        Assert.True(await ApplyAsync());
        _slots.Rollback("it did not pass the health gate");
        Assert.Contains("did not pass the health gate", (await LookAsync()).Refusal, StringComparison.Ordinal);
        Assert.True((await LookAsync(again: true)).IsNewer);
        Assert.Equal(SlotFolder.Installed, _slots.Current);
    }

    [Fact]
    public async Task Apply_AFileThatIsNotTheSignedOne_ChangesNothing()
    {
        _release.WriteTo(Stick);
        await File.WriteAllBytesAsync(Path.Combine(Stick, "appliance"), SignedRelease.Script("bad"));
        Assert.Contains("not the file that the manifest names", (await Assert.ThrowsAsync<UpdateException>(() => ApplyAsync(write: false))).Message, StringComparison.Ordinal);
        await File.AppendAllTextAsync(Path.Combine(Stick, "appliance"), "more");
        Assert.Contains("the manifest says", (await Assert.ThrowsAsync<UpdateException>(() => ApplyAsync(write: false))).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(Stick, "appliance"));
        Assert.Contains("is missing", (await Assert.ThrowsAsync<UpdateException>(() => ApplyAsync(write: false))).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(Stick, "update-stable.json.sig"));
        Assert.Contains("not signed", (await Assert.ThrowsAsync<UpdateException>(() => ApplyAsync(write: false))).Message, StringComparison.Ordinal);
        Assert.False(_slots.IsPending);
        Assert.False(Directory.Exists(_folder["slots/a"]));
    }

    [Theory]
    [InlineData("#!/bin/sh\nexit 3\n", "exit code 3")]
    [InlineData("no program at all", "does not run")]
    public async Task Apply_AProgramThatDoesNotRunHere_ChangesNothing(string program, string why)
    {
        Files.Clear();
        Files.Add(SignedRelease.File(Stick, "appliance", Encoding.UTF8.GetBytes(program)));
        var said = (await Assert.ThrowsAsync<UpdateException>(() => ApplyAsync())).Message;
        Assert.True(said.Contains(why, StringComparison.Ordinal) || said.Contains("cannot be executed", StringComparison.Ordinal), said);
        Assert.False(_slots.IsPending);
    }

    [NodeFact]
    public async Task Apply_WithADelta_TakesTheShortWay_AndTheLongOneWhereThatFails()
    {
        // The first is taken whole: it is what the delta is from.
        Assert.True(await ApplyAsync());
        _slots.Commit();
        byte[] three = [.. SignedRelease.Script("three"), .. Enumerable.Repeat((byte)'#', 5000)];
        Files.Clear();
        var file = SignedRelease.File(Stick, "appliance3", three);
        Directory.CreateDirectory(Path.Combine(Stick, "deltas"));
        await File.WriteAllBytesAsync(_folder["three"], three);
        using (var process = System.Diagnostics.Process.Start(Node.Path!, [Path.Combine(Repository.Root, "firmware-scripts", "delta.mjs"), _slots.FileOf("a")!, _folder["three"], Path.Combine(Stick, "deltas/d")])) await process.WaitForExitAsync();
        var delta = await File.ReadAllBytesAsync(Path.Combine(Stick, "deltas/d"));
        var entry = SignedRelease.File(Stick, "deltas/d", delta);
        file["deltas"] = new JsonArray(new JsonObject { ["from"] = _slots.ProgramOf("a")!.Sha256, ["name"] = "deltas/d", ["size"] = delta.Length, ["sha256"] = entry["sha256"]!.GetValue<string>() });
        Files.Add(file);
        _release.Manifest["release"] = 6;
        // Only the delta is there.
        File.Delete(Path.Combine(Stick, "appliance3"));
        Assert.True(await ApplyAsync(compare: false));
        Assert.Equal(three, await File.ReadAllBytesAsync(_slots.FileOf("b")!));
        Assert.Empty(_told);

        _slots.Rollback("test");
        await File.WriteAllBytesAsync(Path.Combine(Stick, "appliance3"), three);
        await File.WriteAllBytesAsync(Path.Combine(Stick, "deltas/d"), [.. delta[..^1], (byte)(delta[^1] ^ 1)]);
        Assert.True(await ApplyAsync(compare: false, again: true));
        Assert.Equal(three, await File.ReadAllBytesAsync(_slots.FileOf("b")!));
        Assert.Contains("whole file", Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_AnImage_IsCheckedAndHandedToTheImagesOwnProgram()
    {
        var hook = _folder["image-slot"];
        await File.WriteAllTextAsync(hook, $"#!/bin/sh\ncd \"$2\" && echo \"$1 $(ls | tr '\\n' ' ')$(cat root)\" > {_folder["written"]}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _release.Manifest["kind"] = "image";
        Files.Clear();
        Files.Add(SignedRelease.File(Stick, "root.squashfs", "a root"u8.ToArray(), "root"));
        Files.Add(SignedRelease.File(Stick, "vmlinuz", "a kernel"u8.ToArray(), "kernel"));
        var updater = new Updater(_slots, TimeProvider.System, _told.Add, null) { Image = new ImageSlot(hook) };
        using (var source = Source())
        {
            var offer = await updater.LookAsync(source, null, false, CancellationToken.None);
            Assert.True(offer.IsNewer, offer.Refusal);
            await updater.Image.ApplyAsync(_slots, source, offer.Manifest, null, CancellationToken.None);
        }
        Assert.Equal("0.2.0 kernel root a root\n", await File.ReadAllTextAsync(_folder["written"]));

        await File.WriteAllTextAsync(hook, "#!/bin/sh\necho the disk is gone >&2\nexit 1\n");
        using (var source = Source())
        {
            var offer = await updater.LookAsync(source, null, false, CancellationToken.None);
            Assert.Contains("the disk is gone", (await Assert.ThrowsAsync<UpdateException>(() => updater.Image.ApplyAsync(_slots, source, offer.Manifest, null, CancellationToken.None))).Message, StringComparison.Ordinal);
        }
        // A single program is not for such a box.
        _release.Manifest["kind"] = "binary";
        Files.Clear();
        Files.Add(SignedRelease.File(Stick, "appliance", SignedRelease.Script("two")));
        using var binary = Source();
        Assert.Contains("as a whole", (await updater.LookAsync(binary, null, false, CancellationToken.None)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bundle_WithASkill_GoesThroughItsDoor_AndOneOfAnotherNameDoesNot()
    {
        var home = _folder["home"];
        Directory.CreateDirectory(home);
        Directory.CreateDirectory(_folder["skill"]);
        await File.WriteAllTextAsync(_folder["skill/SKILL.md"], "---\nname: knitting\ndescription: How to knit.\n---\nKnit.\n");
        System.IO.Compression.ZipFile.CreateFromDirectory(_folder["skill"], _folder["skill.zip"]);
        _release.Manifest["kind"] = "bundle";
        var file = SignedRelease.File(Stick, "skills/knitting.zip", await File.ReadAllBytesAsync(_folder["skill.zip"]), "skill", installedAs: "knitting");
        Files.Add(file);
        using (var source = Source()) await new BundleContent(home, source, null, _told.Add).InstallAsync(_release.Read(), CancellationToken.None);
        Assert.Contains("skill knitting is installed", _told);
        Assert.Single(Directory.GetFiles(home, "SKILL.md", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetDirectories(home, ".update-*"));

        file["as"] = "weaving";
        using var other = Source();
        await Assert.ThrowsAsync<UpdateException>(() => new BundleContent(home, other, null, _told.Add).InstallAsync(_release.Read(), CancellationToken.None));
    }

    private string Stick => _folder["stick"];

    private JsonArray Files => (JsonArray)_release.Manifest["files"]!;

    private Updater Updater() => new(_slots, TimeProvider.System, _told.Add, null) { Image = new ImageSlot("/nowhere") };

    private UpdateSource Source()
    {
        _release.WriteTo(Stick);
        return UpdateSource.Open(Stick, "stable");
    }

    private async Task<UpdateOffer> LookAsync(string? channel = null, bool again = false)
    {
        using var source = Source();
        return await Updater().LookAsync(source, channel, again, CancellationToken.None);
    }

    private async Task<bool> ApplyAsync(bool write = true, bool compare = true, bool again = false)
    {
        using var source = write ? Source() : UpdateSource.Open(Stick, "stable");
        var offer = await Updater().LookAsync(source, null, again, CancellationToken.None);
        if (offer.Refusal is { } refusal) throw new ModelException(refusal);
        if (compare) await Updater().CompareAsync(source, offer.Manifest, CancellationToken.None);
        return await Updater().ApplyProgramAsync(source, offer.Manifest, CancellationToken.None);
    }
}
