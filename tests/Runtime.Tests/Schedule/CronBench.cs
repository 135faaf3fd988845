using System.Collections.Concurrent;
using Runtime.Schedule;
using Runtime.Schedule.Jobs;
using TestKit;

namespace Runtime.Tests.Schedule;

/// <summary>
/// Jobs over real files, with a clock of the test's own. What a run does to the world is noted once per run id, as turns are taken. A
/// crash leaves nothing but what is on the disk at that moment.
/// </summary>
internal sealed class CronBench : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, JobRun> _done = new();
    private int _homes;

    public CronBench() => Start(NewHome());

    public ManualTime Time { get; } = new();

    public CronService Cron { get; private set; } = null!;

    public string Home { get; private set; } = "";

    /// <summary>Whether what is due waits.</summary>
    public bool Rests { get; set; }

    public ConcurrentQueue<JobEvent> Events { get; } = new();

    public ConcurrentQueue<Exception> Faults { get; } = new();

    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What happens in a run: before its effect, and after.</summary>
    public Func<JobRun, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    public Func<JobRun, CancellationToken, Task<JobOutcome>> After { get; set; } = (_, _) => Task.FromResult(new JobOutcome(true) { Summary = "fine" });

    /// <summary>The slots that took effect, in their order.</summary>
    public IReadOnlyList<long> Slots => [.. _done.Values.Where(run => run.SlotMs is not null).Select(run => run.SlotMs!.Value).Order()];

    public IReadOnlyList<JobRun> Done => [.. _done.Values.OrderBy(run => run.StartedAtMs)];

    public Job Add(JobSchedule schedule, MissedRuns missed = MissedRuns.Once) =>
        Cron.Add(new Job { Name = "test", Schedule = schedule, Text = "do it", Missed = missed });

    public async Task PassAsync(TimeSpan time)
    {
        Time.Advance(time);
        await Cron.IdleAsync();
    }

    /// <summary>The power is cut, and comes back.</summary>
    public void Crash()
    {
        var next = NewHome();
        foreach (var file in Directory.GetFiles(Home)) File.Copy(file, Path.Combine(next, Path.GetFileName(file)));
        Cron.Dispose();
        Start(next);
    }

    public void Dispose()
    {
        Cron.Dispose();
        _folder.Dispose();
    }

    private string NewHome() => Directory.CreateDirectory(Path.Combine(_folder.Path, $"{++_homes}")).FullName;

    private void Start(string home)
    {
        Home = home;
        Cron = new CronService(new JobBook(home, Time, what => Faults.Enqueue(new InvalidOperationException(what))), RunAsync, Time) { Rests = () => Rests };
        Cron.Happened += Events.Enqueue;
        Cron.Faulted += Faults.Enqueue;
        Cron.Start();
    }

    private async Task<JobOutcome> RunAsync(Job job, JobRun run, CancellationToken cancellation)
    {
        await Before(run, cancellation);
        _done.TryAdd(run.Id, run);
        return await After(run, cancellation);
    }
}
