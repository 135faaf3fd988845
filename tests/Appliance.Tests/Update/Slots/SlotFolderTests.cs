using Appliance.Update;
using Appliance.Update.Slots;
using TestKit;

namespace Appliance.Tests.Update.Slots;

public sealed class SlotFolderTests
{
    [Theory]
    [InlineData("/usr/bin/appliance", "/var/lib/appliance-slots")]
    [InlineData("/usr/local/bin/appliance", "/var/lib/appliance-slots")]
    [InlineData("/var/lib/appliance-slots/a/appliance", "/var/lib/appliance-slots")]
    [InlineData("/home/ann/.local/bin/appliance", "/home/ann/.local/lib/appliance-slots")]
    [InlineData("/home/ann/.local/lib/appliance-slots/b/appliance", "/home/ann/.local/lib/appliance-slots")]
    [InlineData("/home/ann/appliance", null)]
    [InlineData("/usr/bin/other", null)]
    public void Find_AProgram_IsWhereItWasInstalled(string program, string? folder) => Assert.Equal(folder, SlotFolder.Find(program, null)?.Path);

    [Fact]
    public void Links_ThatLeadElsewhere_MeanTheInstalledProgram()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["current"], "/etc");
        File.CreateSymbolicLink(folder["good"], "../a");
        var slots = new SlotFolder(folder.Path);
        Assert.Equal((SlotFolder.Installed, SlotFolder.Installed, false), (slots.Current, slots.Good, slots.IsPending));
        Assert.Empty(SlotStart.Candidates(slots, isJudge: false));
    }

    [Fact]
    public void Begin_WithTriesThatNobodyCanRead_GoesBack()
    {
        using var folder = new TemporaryFolder();
        var box = new SlotModel(folder.Path);
        box.Apply("new", 1);
        foreach (var text in (string[])["", "x", "-1", "99999999999"])
        {
            File.WriteAllText(Path.Combine(box.Slots.Path, "tries"), text);
            Assert.Equal(0, box.Slots.TriesLeft);
        }
        Assert.True(box.Slots.BeginStart());
        Assert.Equal((TryOutcome.WentBack, false), (box.Slots.Outcome, box.Slots.IsPending));
        Assert.Contains("did not prove itself", box.Slots.Last!.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Rollback_KilledBeforeAnyStepWhileTheVersionGoesOn_IsFinishedByTheNextOne()
    {
        for (var step = 0; ; step++)
        {
            using var folder = new TemporaryFolder();
            var box = new SlotModel(folder.Path);
            box.Apply("new", 1);
            // What runs is what was started last: a kill of the judge ends nothing else.
            var runs = box.Slots.Current;
            bool Restart()
            {
                runs = box.Slots.Current;
                return true;
            }
            box.CutAfter(step);
            var done = box.Runs(() => box.Slots.Rollback("the gate said no", Restart));
            box.CutAfter(-1);
            // As the unit does, as long as there is anything to see to.
            if (box.Slots.IsUndecided) Assert.True(box.Slots.Rollback("the gate said no", Restart));
            Assert.Equal((SlotFolder.Installed, SlotFolder.Installed, TryOutcome.WentBack), (runs, box.Slots.Current, box.Slots.Outcome));
            Assert.False(box.Slots.IsUndecided || File.Exists(Path.Combine(box.Slots.Path, "tries")));
            Assert.False(box.Slots.Rollback("again", () => throw new InvalidOperationException("There is nothing to start.")));
            if (done) break;
        }
    }

    [Fact]
    public void Rollback_WhereTheGoodOneCannotBeStarted_IsNotAtItsEnd()
    {
        using var folder = new TemporaryFolder();
        var box = new SlotModel(folder.Path);
        box.Apply("new", 1);
        Assert.Throws<UpdateException>(() => box.Slots.Rollback("the gate said no", () => false));
        Assert.Equal((true, TryOutcome.WentBack), (box.Slots.IsUndecided, box.Slots.Outcome));
        // A start of the machine sees to it too.
        Assert.Equal(SlotFolder.Installed, box.Boot());
        Assert.False(box.Slots.IsUndecided);
    }

    [Fact]
    public void Apply_WhileAVersionIsTried_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var box = new SlotModel(folder.Path);
        box.Apply("new", 1);
        Assert.Throws<UpdateException>(() => box.Apply("newer", 2));
        Assert.Equal("new", box.Boot());
        Assert.Equal(TryOutcome.Committed, box.Slots.Outcome);
        Assert.Equal(SlotFolder.Installed, box.Slots.Previous);
    }

    [Fact]
    public void Reset_LetsTheInstalledProgramStart_WhateverWasThere()
    {
        using var folder = new TemporaryFolder();
        var box = new SlotModel(folder.Path);
        box.Apply("new", 1);
        Assert.Equal("new", box.Boot());
        box.Apply("newer", 2);
        box.Slots.Reset();
        Assert.Equal((SlotFolder.Installed, SlotFolder.Installed, TryOutcome.None), (box.Slots.Current, box.Slots.Good, box.Slots.Outcome));
        Assert.Equal("installed", box.Boot());
    }

    [Fact]
    public void Candidates_OfAJudge_AreTheVersionThatProvedItselfAlone()
    {
        using var folder = new TemporaryFolder();
        var box = new SlotModel(folder.Path);
        box.Apply("new", 1);
        Assert.Empty(SlotStart.Candidates(box.Slots, isJudge: true));
        Assert.Equal([box.Slots.FileOf("a")], SlotStart.Candidates(box.Slots, isJudge: false));
        box.Boot();
        box.Apply("newer", 2);
        Assert.Equal([box.Slots.FileOf("a")], SlotStart.Candidates(box.Slots, isJudge: true));
        Assert.Equal([box.Slots.FileOf("b"), box.Slots.FileOf("a")], SlotStart.Candidates(box.Slots, isJudge: false));
    }
}
