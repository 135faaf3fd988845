using Xunit.Abstractions;

namespace Appliance.Tests.Update.Slots;

/// <summary>
/// Every way an update can go, with the power cut before every step and once more before every step of what follows: there is always a whole
/// version that starts, a bad one is started three times at most, and what proved itself stays.
/// </summary>
public sealed class SlotModelTests(ITestOutputHelper output) : IDisposable
{
    // In memory: thousands of forced writes are a disk's, and none of this needs one.
    private readonly string _root = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"appliance-slots-{Guid.NewGuid():N}")).FullName;
    private int _runs;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(Version.Healthy)]
    [InlineData(Version.Sick)]
    [InlineData(Version.Crashing)]
    [InlineData(Version.Broken)]
    public void Update_WithThePowerCutAnywhereTwice_BootsOldOrNew(Version version)
    {
        // From the installed program, from one slot, and from the other with a version before it.
        for (var before = 0; before <= 2; before++)
        {
            for (var first = 0; ; first++)
            {
                var wasCut = false;
                for (var second = 0; ; second++)
                {
                    var (cutFirst, cutSecond) = Run(version, before, first, second);
                    wasCut |= cutFirst;
                    if (!cutSecond) break;
                }
                if (!wasCut) break;
            }
        }
        output.WriteLine($"figure: update model, {version}: {_runs} runs");
        Assert.True(_runs > 100);
    }

    private (bool First, bool Second) Run(Version version, int before, int first, int second)
    {
        var box = Box(before);
        var old = before == 0 ? "installed" : $"old{before}";
        box.Versions["new"] = version;
        Assert.Equal(old, box.Boot());
        box.Starts.Clear();

        box.CutAfter(first);
        var wasPending = false;
        string? runs = null;
        var done = box.Runs(() =>
        {
            box.Apply("new", 100);
            wasPending = box.Slots.IsPending;
            runs = box.Boot();
        });
        wasPending |= box.Slots.IsPending;
        var (cutFirst, cutSecond) = (!done, false);
        if (cutFirst)
        {
            // What is there when the power is back is one of the two, whole.
            AssertWhole(box, old);
            box.CutAfter(second);
            cutSecond = !box.Runs(() => runs = box.Boot());
            AssertWhole(box, old);
            if (cutSecond) runs = box.Boot();
        }
        box.CutAfter(-1);

        // Cut before it was ever due to start, it is nowhere; else it is where it belongs.
        var began = wasPending || box.Starts.ContainsKey("new");
        Assert.Equal(version == Version.Healthy && began ? "new" : old, runs);
        Assert.False(box.Slots.IsPending);
        Assert.InRange(box.Starts.GetValueOrDefault("new"), 0, 3);
        // It stays as it is, whatever is asked of the judge.
        Assert.False(box.Slots.Rollback("again"));
        Assert.False(box.Slots.Commit());
        Assert.Equal(runs, box.Boot());

        // And the next update goes well from there.
        box.Apply("next", 101);
        Assert.Equal("next", box.Boot());
        Assert.Equal(101, box.Slots.Floor);
        _runs++;
        return (cutFirst, cutSecond);
    }

    [Fact]
    public void Rollback_ByHandWithThePowerCutAnywhere_BootsOldOrNew()
    {
        for (var cut = 0; ; cut++)
        {
            var box = Box(2);
            Assert.Equal("old2", box.Boot());
            var previous = box.Slots.Previous!;
            box.CutAfter(cut);
            string? runs = null;
            var done = box.Runs(() =>
            {
                box.Slots.Try(previous, DateTimeOffset.UnixEpoch);
                runs = box.Boot();
            });
            AssertWhole(box, "old2", "old1");
            if (!done) runs = box.Boot();
            Assert.Contains(runs, (string[])["old1", "old2"]);
            Assert.False(box.Slots.IsPending);
            // What was had once is not forgotten, so that nobody is led below it.
            Assert.Equal(2, box.Slots.Floor);
            if (!done) continue;
            Assert.Equal("old1", runs);
            break;
        }
    }

    [Fact]
    public void Boot_ACommittedVersionThatCrashesLater_IsNotTakenBack()
    {
        var box = Box(1);
        box.Apply("new", 5);
        Assert.Equal("new", box.Boot());
        box.Versions["new"] = Version.Crashing;
        Assert.Throws<InvalidOperationException>(() => box.Boot());
        Assert.Equal(("b", "b"), (box.Slots.Current, box.Slots.Good));
    }

    private void AssertWhole(SlotModel box, params string[] known)
    {
        foreach (var slot in (string[])[box.Slots.Current, box.Slots.Good])
            if (box.Slots.FileOf(slot) is { } file) Assert.Contains(File.ReadAllText(file), known.Append("new"));
    }

    private SlotModel Box(int before)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, "box")).FullName;
        Directory.Delete(folder, recursive: true);
        var box = new SlotModel(Directory.CreateDirectory(folder).FullName);
        for (var i = 1; i <= before; i++)
        {
            box.Apply($"old{i}", i);
            Assert.Equal($"old{i}", box.Boot());
        }
        return box;
    }
}
