
namespace EndToEnd.Services.Images;

/// <summary>
/// image-slot, the script that writes, tries, keeps and gives up slots of the image: run as it is on a box of folders, and looked at between any two of its
/// steps through the eyes of either boot loader. Whatever was on the disk at that moment, the box starts something whole.
/// </summary>
public sealed class SlotTests
{
    private const string Entries = "boot/firmware/loader/entries/";

    [ToolFact("bash", "dd", "sha256sum")]
    public async Task Update_PowerCutAnywhere_StartsTheOldOrTheWholeNewOne()
    {
        using var box = new SlotFolder(pi: false);
        var (code, output, states) = await box.RunAsync("2", box.Update("2"));
        Assert.True(code == 0, output);
        var seen = CheckEveryCut(states, state =>
        {
            var first = state.SystemdBoot().First();
            // Whatever comes first is whole, and when its tries are used up the old one comes.
            Assert.Equal(state.Whole(first.Slot, $"boot/firmware{first.Kernel}", $"boot/firmware{first.Initrd}"), first.Slot == 'a' ? "1" : "2");
            if (first.Slot == 'b') Assert.Equal(3, first.Left);
            Assert.Contains(state.SystemdBoot(), entry => entry is { Slot: 'a', Left: null });
            return first.Slot;
        });
        Assert.Equal("ab", seen);
        Assert.Equal("appliance-b+3.conf", states[^1].SystemdBoot().First().Name);
    }

    [ToolFact("bash", "dd", "sha256sum")]
    public async Task Updates_KeptAndGivenUp_TakeTurns()
    {
        using var box = new SlotFolder(pi: false);
        await ExpectAsync(box, "status", "loader=systemd-boot\nslot=a\nversion=1\nstate=good\nother=b\nother-version=\nother-state=empty\n");
        await ExpectAsync(box, "back", null);
        Assert.Equal(0, (await box.RunAsync("2", box.Update("2"))).Code);
        // Tried once, ill; then well, and blessed as systemd-bless-boot does it.
        Rename(box, "appliance-b+3.conf", "appliance-b+2-1.conf");
        box.Runs('b');
        await ExpectAsync(box, "status", "loader=systemd-boot\nslot=b\nversion=2\nstate=trial\nother=a\nother-version=1\nother-state=good\n");
        Assert.Equal(1, (await box.RunAsync("3", box.Update("3"))).Code);
        // The start that uses the last try up says so; it is not given up before it is over.
        Rename(box, "appliance-b+2-1.conf", "appliance-b+0-3.conf");
        await ExpectAsync(box, "status", "loader=systemd-boot\nslot=b\nversion=2\nstate=last-trial\nother=a\nother-version=1\nother-state=good\n");
        Assert.Equal(1, (await box.RunAsync("3", box.Update("3"))).Code);
        Rename(box, "appliance-b+0-3.conf", "appliance-b.conf");
        // The next one goes to the first slot, wears its tries out, and the box is where it was.
        Assert.Equal(0, (await box.RunAsync("3", box.Update("3"))).Code);
        Assert.Equal('a', First(box).Slot);
        Rename(box, "appliance-a+3.conf", "appliance-a+0-3.conf");
        Assert.Equal('b', First(box).Slot);
        await ExpectAsync(box, "status", "loader=systemd-boot\nslot=b\nversion=2\nstate=good\nother=a\nother-version=3\nother-state=failed\n");
        await ExpectAsync(box, "back", null);
        // An older one, put in force by hand, stays in force.
        Rename(box, "appliance-a+0-3.conf", "appliance-a.conf");
        await ExpectAsync(box, "back", "");
        Assert.Equal('a', First(box).Slot);
        box.Runs('a');
        await ExpectAsync(box, "back", "");
        Assert.Equal('b', First(box).Slot);
    }

    [ToolFact("bash", "dd", "sha256sum")]
    public async Task Update_ThatCannotBe_LeavesTheBoxAsItWas()
    {
        using var box = new SlotFolder(pi: false);
        var before = BoxState.Read(box.Box, "");
        foreach (var name in (string[])["root", "kernel", "initrd"])
        {
            var update = box.Update("2");
            File.Delete(Path.Combine(update, name));
            Assert.Equal(1, (await box.RunAsync("2", update)).Code);
        }
        var large = box.Update("2");
        await File.WriteAllTextAsync(Path.Combine(large, "root"), new string('.', 65));
        var (code, output, _) = await box.RunAsync("2", large);
        Assert.Equal(1, code);
        Assert.Contains("larger than a slot", output, StringComparison.Ordinal);
        Assert.Equal(2, (await box.RunAsync("../2", box.Update("2"))).Code);
        Assert.Equal(2, (await box.RunAsync("away")).Code);
        Assert.Equal(before.Files, BoxState.Read(box.Box, "").Files);
    }

    [ToolFact("bash", "dd", "sha256sum")]
    public async Task Tryboot_PowerCutAnywhere_StartsTheOldOrTheWholeNewOne()
    {
        using var box = new SlotFolder(pi: true);
        await ExpectAsync(box, "status", "loader=tryboot\nslot=a\nversion=1\nstate=good\nother=b\nother-version=\nother-state=empty\n");
        var (code, output, states) = await box.RunAsync("2", box.Update("2"));
        Assert.True(code == 0, output);
        CheckEveryCut(states, state =>
        {
            Assert.Equal('a', state.Tryboot(tries: false));
            // What may be tried is whole.
            if (state.Files.GetValueOrDefault("boot/firmware/trial-b") is not null) Assert.Equal("2", WholePi(state));
            return 'a';
        });
        Assert.Equal('b', states[^1].Tryboot(tries: true));
        Assert.Equal("appliance.slot=b quiet\n", states[^1].Files["run/appliance/other-boot/cmdline.txt"]);

        // Tried, found good, kept: at no moment is there another slot than one of the two that were found good, and nothing is left to try.
        box.Runs('b');
        var (kept, said, keeping) = await box.RunAsync("bless");
        Assert.True(kept == 0, said);
        Assert.Equal("ab", CheckEveryCut(keeping, state => state.Tryboot(tries: false)));
        await ExpectAsync(box, "status", "loader=tryboot\nslot=b\nversion=2\nstate=good\nother=a\nother-version=1\nother-state=good\n");
        await ExpectAsync(box, "back", "");
        Assert.Equal('a', BoxState.Read(box.Box, "").Tryboot(tries: false));

        static string? WholePi(BoxState state) => state.Whole('b', "run/appliance/other-boot/vmlinuz", "run/appliance/other-boot/initrd");
    }

    [ToolFact("bash", "dd", "sha256sum")]
    public async Task Tryboot_SlotThatWasIll_IsNotKept()
    {
        using var box = new SlotFolder(pi: true);
        Assert.Equal(0, (await box.RunAsync("2", box.Update("2"))).Code);
        // The gate failed, the machine started anew, and the old one runs: what blesses is not asked for, and would change nothing.
        await ExpectAsync(box, "bless", "");
        await ExpectAsync(box, "status", "loader=tryboot\nslot=a\nversion=1\nstate=good\nother=b\nother-version=2\nother-state=trial\n");
        await ExpectAsync(box, "back", null);
        Assert.Equal('a', BoxState.Read(box.Box, "").Tryboot(tries: false));
    }

    // Looks at all that may be on the disk at any moment of a run; gives what was said of it, each once, in order.
    private static string CheckEveryCut(IReadOnlyList<BoxState> states, Func<BoxState, char> check)
    {
        var kept = states[0];
        var seen = new SortedSet<char>();
        for (var i = 0; i + 1 < states.Count; i++)
        {
            foreach (var cut in states[i].Cuts(states[i + 1], kept)) seen.Add(check(cut));
            if (states[i].Next == "sync") kept = states[i + 1];
        }
        seen.Add(check(states[^1]));
        return string.Concat(seen);
    }

    private static BootEntry First(SlotFolder box) => BoxState.Read(box.Box, "").SystemdBoot().First();

    private static void Rename(SlotFolder box, string from, string to) => File.Move(Path.Combine(box.Box, Entries, from), Path.Combine(box.Box, Entries, to));

    // Null expects to be refused.
    private static async Task ExpectAsync(SlotFolder box, string command, string? expected)
    {
        var (code, output, _) = await box.RunAsync(command);
        Assert.True(code == (expected is null ? 1 : 0), output);
        if (expected is not null) Assert.Equal(expected, output);
    }
}
