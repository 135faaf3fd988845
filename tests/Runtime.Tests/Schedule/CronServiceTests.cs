using Models;
using Runtime.Schedule;
using Runtime.Schedule.Jobs;

namespace Runtime.Tests.Schedule;

public sealed class CronServiceTests
{
    private static readonly JobSchedule EveryFiveMinutes = new("every") { EveryMs = 300_000 };

    [Fact]
    public async Task Slots_AsTimePasses_EachRunsOnce()
    {
        using var bench = new CronBench();
        var job = bench.Add(EveryFiveMinutes);
        for (var minute = 0; minute < 60; minute++) await bench.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(Enumerable.Range(1, 12).Select(n => job.CreatedAtMs + n * 300_000), bench.Slots);
        Assert.Equal(bench.Now + 300_000, bench.Cron.NextWakeMs);
        Assert.Equal(12, bench.Cron.Book.Ended(job.Id).Count);
        Assert.Equal("ok", bench.Cron.Book.Find(job.Id)!.State.LastStatus);
        Assert.Empty(bench.Faults);
    }

    [Fact]
    public async Task Slots_WhileItRests_WaitAndRunOnceAfterwards()
    {
        using var bench = new CronBench();
        var job = bench.Add(EveryFiveMinutes);
        bench.Rests = true;
        for (var minute = 0; minute < 12; minute++) await bench.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(bench.Slots);
        // Whoever asks for a run gets it.
        Assert.NotNull(bench.Cron.RunNow(job));
        await bench.Cron.IdleAsync();
        Assert.Single(bench.Done);
        bench.Rests = false;
        await bench.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal([job.CreatedAtMs + 600_000], bench.Slots);
    }

    [Theory]
    [InlineData("before its effect")]
    [InlineData("after its effect")]
    [InlineData("after its end")]
    [InlineData("before it is due")]
    public async Task Slot_CutOffAtAnyStep_TakesEffectOnce(string when)
    {
        using var bench = new CronBench();
        bench.Add(EveryFiveMinutes);
        var reached = new TaskCompletionSource();
        bench.Before = (_, cancellation) => when == "before its effect" ? HangAsync(cancellation) : Task.CompletedTask;
        bench.After = async (_, cancellation) =>
        {
            if (when == "after its effect") await HangAsync(cancellation);
            return new JobOutcome(true);
        };
        if (when != "before it is due") bench.Time.Advance(TimeSpan.FromMinutes(5));
        if (when.EndsWith("effect", StringComparison.Ordinal)) await reached.Task;
        else await bench.Cron.IdleAsync();

        (bench.Before, bench.After) = ((_, _) => Task.CompletedTask, (_, _) => Task.FromResult(new JobOutcome(true)));
        bench.Crash();
        await bench.Cron.IdleAsync();
        if (when == "before it is due") await bench.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Single(bench.Slots);
        await bench.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(2, bench.Slots.Count);
        Assert.Empty(bench.Cron.Book.Open());

        async Task HangAsync(CancellationToken cancellation)
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Slots_UnderCrashesAtRandomSteps_AreNeitherLostNorRepeated(int seed)
    {
        var random = new Random(seed);
        using var bench = new CronBench();
        var job = bench.Add(EveryFiveMinutes, MissedRuns.All);
        for (var step = 0; step < 30; step++)
        {
            var place = random.Next(4);
            bench.Before = (_, cancellation) => place == 1 ? Task.Delay(Timeout.Infinite, cancellation) : Task.CompletedTask;
            bench.After = async (_, cancellation) =>
            {
                if (place == 2) await Task.Delay(Timeout.Infinite, cancellation);
                return new JobOutcome(true);
            };
            bench.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 1200)));
            if (place is 0 or 3) await bench.Cron.IdleAsync();
            (bench.Before, bench.After) = ((_, _) => Task.CompletedTask, (_, _) => Task.FromResult(new JobOutcome(true)));
            if (place > 0) bench.Crash();
            await bench.Cron.IdleAsync();
        }
        var due = (int)((bench.Now - job.CreatedAtMs) / 300_000);
        Assert.Equal(Enumerable.Range(1, due).Select(n => job.CreatedAtMs + n * 300_000), bench.Slots);
        Assert.Equal(bench.Slots.Count, bench.Done.Count);
    }

    [Theory]
    [InlineData("+400 days and back")]
    [InlineData("-20 years and back")]
    [InlineData("1970 at boot")]
    public async Task Slots_WhenTheClockJumps_RunOnce_AndGoOn(string jump)
    {
        using var bench = new CronBench();
        var job = bench.Add(EveryFiveMinutes);
        for (var n = 0; n < 3; n++) await bench.PassAsync(TimeSpan.FromMinutes(5));
        var right = bench.Time.GetUtcNow();
        if (jump == "1970 at boot")
        {
            bench.Time.SetClock(DateTimeOffset.UnixEpoch.AddSeconds(30));
            bench.Crash();
        }
        else
        {
            bench.Time.SetClock(jump[0] == '+' ? right.AddDays(400) : right.AddYears(-20));
        }
        for (var n = 0; n < 3; n++) await bench.PassAsync(TimeSpan.FromMinutes(2));
        bench.Time.SetClock(right.AddMinutes(6));
        for (var n = 0; n < 9; n++) await bench.PassAsync(TimeSpan.FromMinutes(1));

        // Nobody waits 400 days for what was due in five minutes, and nothing has run twice.
        Assert.Equal(bench.Slots.Distinct(), bench.Slots);
        var expected = Enumerable.Range(1, 6).Select(n => job.CreatedAtMs + n * 300_000).ToList();
        Assert.Equal(expected, bench.Slots.Where(slot => slot > job.CreatedAtMs && slot <= right.ToUnixTimeMilliseconds() + 15 * 60_000));
        Assert.Empty(bench.Faults);
    }

    [Theory]
    [InlineData(MissedRuns.Once, 1)]
    [InlineData(MissedRuns.Skip, 0)]
    [InlineData(MissedRuns.All, 10)]
    public async Task Slots_OfADayWithoutPower_AreWhatThePolicySays(MissedRuns missed, int expected)
    {
        using var bench = new CronBench();
        var job = bench.Add(EveryFiveMinutes, missed);
        var off = bench.Time.GetUtcNow().AddDays(1).AddMinutes(2);
        bench.Time.SetClock(off);
        bench.Crash();
        await bench.Cron.IdleAsync();
        Assert.Equal(expected, bench.Slots.Count);
        if (missed == MissedRuns.Skip) Assert.Equal("skipped", Assert.Single(bench.Cron.Book.Ended(job.Id)).Status);
        await bench.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(expected + 1, bench.Slots.Count);
    }

    [Fact]
    public async Task At_OneTime_RunsOnceAndRests()
    {
        using var bench = new CronBench();
        Assert.Throws<ScheduleException>(() => bench.Add(new JobSchedule("at") { At = "2020-01-01T00:00:00Z" }));
        var job = bench.Add(new JobSchedule("at") { At = bench.Time.GetUtcNow().AddHours(2).ToString("O") });
        await bench.PassAsync(TimeSpan.FromHours(3));
        Assert.Single(bench.Slots);
        Assert.False(bench.Cron.Book.Find(job.Id)!.Enabled);
        Assert.Null(bench.Cron.NextWakeMs);

        var once = bench.Cron.Add(new Job { Name = "once", Text = "x", Schedule = new JobSchedule("at") { At = bench.Time.GetUtcNow().AddHours(1).ToString("O") }, DeleteAfterRun = true });
        await bench.PassAsync(TimeSpan.FromHours(3));
        Assert.Null(bench.Cron.Book.Find(once.Id));
        Assert.Equal("removed", bench.Events.Last().Action);
    }

    [Fact]
    public async Task Run_ThatFails_IsTriedAgainTwice_AndTheNextSlotComesAnyhow()
    {
        using var bench = new CronBench();
        bench.After = (_, _) => throw new ModelException("The model is not there.");
        var job = bench.Add(new JobSchedule("every") { EveryMs = 3_600_000 });
        await bench.PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(bench.Now + 30_000, bench.Cron.NextWakeMs);
        for (var minute = 0; minute < 59; minute++) await bench.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal([1, 2, 3], bench.Done.Select(run => run.Attempt));
        Assert.Single(bench.Slots.Distinct());
        Assert.Equal(("error", 3), (bench.Cron.Book.Find(job.Id)!.State.LastStatus, bench.Cron.Book.Find(job.Id)!.State.ConsecutiveErrors));
        bench.After = (_, _) => Task.FromResult(new JobOutcome(true));
        await bench.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(("ok", 0), (bench.Cron.Book.Find(job.Id)!.State.LastStatus, bench.Cron.Book.Find(job.Id)!.State.ConsecutiveErrors));
    }

    [Fact]
    public async Task Run_ThatTakesLongerThanItsInterval_RunsAlone()
    {
        using var bench = new CronBench();
        var (running, most) = (0, 0);
        var gate = new TaskCompletionSource();
        bench.Before = async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await gate.Task;
            Interlocked.Decrement(ref running);
        };
        var job = bench.Add(EveryFiveMinutes);
        bench.Time.Advance(TimeSpan.FromMinutes(21));
        Assert.Null(bench.Cron.RunNow(bench.Cron.Book.Find(job.Id)!));
        gate.SetResult();
        await bench.Cron.IdleAsync();
        // The first, and one for the three that it was too long for.
        Assert.Equal((1, 2), (most, bench.Slots.Count));
    }

    [Fact]
    public async Task Update_OfTheSchedule_CountsFromNow_AndDisabledJobsRest()
    {
        using var bench = new CronBench();
        var job = bench.Add(EveryFiveMinutes);
        bench.Cron.Update(job.Id, old => old with { Enabled = false });
        await bench.PassAsync(TimeSpan.FromHours(1));
        Assert.Empty(bench.Slots);
        bench.Cron.Update(job.Id, old => old with { Enabled = true, Schedule = new JobSchedule("cron") { Expr = "0 * * * *", Tz = "UTC" } });
        await bench.PassAsync(TimeSpan.FromHours(1));
        Assert.Single(bench.Slots);
        Assert.Throws<ScheduleException>(() => bench.Cron.Update(job.Id, old => old with { Schedule = new JobSchedule("cron") { Expr = "x" } }));
        Assert.True(bench.Cron.Remove(job.Id));
        Assert.False(bench.Cron.Remove(job.Id));
        await bench.PassAsync(TimeSpan.FromHours(2));
        Assert.Single(bench.Slots);
    }

    [Fact]
    public async Task History_OfAJobThatRunsOften_IsBounded()
    {
        using var bench = new CronBench();
        var job = bench.Add(new JobSchedule("every") { EveryMs = 1000 });
        for (var n = 0; n < JobBook.MostRuns + 20; n++) await bench.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(JobBook.MostRuns, bench.Cron.Book.Ended(job.Id).Count);
        Assert.Single(bench.Cron.Book.Find(job.Id)!.State.Ran);
    }

    [Fact]
    public void Start_WithoutAJob_MakesNoFile()
    {
        using var bench = new CronBench();
        Assert.Null(bench.Cron.NextWakeMs);
        Assert.Empty(Directory.GetFiles(bench.Home));
    }

    [Fact]
    public void Notes_OfAnotherRevision_AreNotWritten()
    {
        using var bench = new CronBench();
        var job = bench.Add(EveryFiveMinutes);
        var notes = bench.Cron.Book.Notes;
        Assert.Equal((null, 0L, 0L), notes.Read(job.Id));
        Assert.Equal(1, notes.Write(job.Id, "a", 0, 5));
        Assert.Null(notes.Write(job.Id, "b", 0, 6));
        Assert.Equal(("a", 1L, 5L), notes.Read(job.Id));
    }
}
