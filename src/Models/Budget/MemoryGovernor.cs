namespace Models.Budget;

/// <summary>
/// Watches the machine's memory and tells the loaded models what to give up and when they have it back, so that the kernel never has to
/// end the process. <see cref="MemoryWatch"/> decides, this acts. Safe for several threads.
/// </summary>
public sealed class MemoryGovernor : IDisposable
{
    private const int LeastContext = 512;
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Alert = TimeSpan.FromMilliseconds(250);

    private readonly IMemoryTenants _tenants;
    private readonly Func<MemorySnapshot> _read;
    private readonly Action<string> _note;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private MemoryWatch _watch;
    private bool _disposed;

    /// <summary>Begins to watch.</summary>
    /// <param name="tenants">The models it governs.</param>
    /// <param name="read">Reads the machine's memory.</param>
    /// <param name="time">What time it is.</param>
    /// <param name="note">Hears in one line of every step taken.</param>
    public MemoryGovernor(IMemoryTenants tenants, Func<MemorySnapshot> read, TimeProvider time, Action<string> note)
    {
        (_tenants, _read, _note) = (tenants, read, note);
        _timer = time.CreateTimer(static state => ((MemoryGovernor)state!).Tick(), this, Jitter(Calm), Timeout.InfiniteTimeSpan);
    }

    /// <summary>How far it has gone.</summary>
    public MemoryStep Step
    {
        get { lock (_lock) return _watch.Step; }
    }

    /// <summary>Stops watching; limits stay as they are.</summary>
    public void Dispose()
    {
        lock (_lock) _disposed = true;
        _timer.Dispose();
    }

    private void Tick()
    {
        lock (_lock)
        {
            if (_disposed) return;
            var machine = _read();
            var reserve = MemoryPlan.Reserve(machine.Capacity);
            var room = RoomBesideWeights(machine, _tenants.Tenants);
            var before = _watch.Step;
            _watch = _watch.Next(room, reserve, machine.Pressure);
            Act(before, machine, room, reserve);
            // Often where it matters; reading takes some tens of microseconds.
            var next = _watch.Step != MemoryStep.None || room < 2 * reserve ? Alert : Calm;
            _timer.Change(Jitter(next), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>What can be taken while all weights stay in memory: the kernel counts the pages they are mapped from as free to drop.</summary>
    internal static long RoomBesideWeights(MemorySnapshot machine, IReadOnlyList<MemoryTenant> tenants) =>
        Math.Max(0, machine.Room - tenants.Sum(tenant => tenant.Plan.Footprint.MappedBytes));

    private void Act(MemoryStep before, MemorySnapshot machine, long room, long reserve)
    {
        var step = _watch.Step;
        if (step >= MemoryStep.ShedCache) Shed(step, room, reserve);
        // Every time, not only when the step changes: models come and go meanwhile.
        if (step > MemoryStep.None || before > MemoryStep.None) Limit(step);
        if (step >= MemoryStep.UnloadIdle && room < MemoryWatch.ShortMark(reserve) && _tenants.UnloadIdle()) _note("memory: unloaded an idle model");
        if (step == before) return;
        _tenants.Refuse(step < MemoryStep.Refuse ? null
            : $"The machine is short of memory: {room >> 20} MB are left of {machine.Capacity >> 20} MB. Try again in a moment.");
        _note($"memory: {room >> 20} MB left of {machine.Capacity >> 20} MB, {Describe(step)}");
    }

    private void Shed(MemoryStep step, long room, long reserve)
    {
        var missing = step >= MemoryStep.UnloadIdle ? long.MaxValue : reserve + reserve / 4 - room;
        foreach (var (_, user) in _tenants.Tenants)
        {
            if (user is null || missing <= 0 || user.RetainedBytes is not (> 0 and var retained)) continue;
            user.ShedRetained(Math.Min(missing, retained));
            missing -= retained;
        }
    }

    private void Limit(MemoryStep step)
    {
        foreach (var (plan, user) in _tenants.Tenants)
        {
            user?.LimitSequences(step switch
            {
                < MemoryStep.LimitBatch => plan.Sequences,
                MemoryStep.LimitBatch => Math.Max(1, plan.Sequences / 2),
                _ => 1,
            });
            user?.LimitContext(step switch
            {
                < MemoryStep.LimitContext => plan.ContextLength,
                MemoryStep.LimitContext => Math.Max(Math.Min(LeastContext, plan.ContextLength), plan.ContextLength / 2),
                _ => Math.Min(LeastContext, plan.ContextLength),
            });
        }
    }

    private static string Describe(MemoryStep step) => step switch
    {
        MemoryStep.None => "everything as planned",
        MemoryStep.ShedCache => "dropping retained prefixes",
        MemoryStep.LimitBatch => "running half as many sequences",
        MemoryStep.LimitContext => "running one sequence, with half the context",
        MemoryStep.UnloadIdle => "unloading idle models",
        _ => "refusing new work",
    };

    // A tenth up or down, so that several boxes, or several programs on one, do not all look at the same moment.
    private static TimeSpan Jitter(TimeSpan time) => time * (0.9 + 0.2 * Random.Shared.NextDouble());
}
