namespace Models.Budget;

/// <summary>What is given up when memory gets short, in this order; each step includes those before it.</summary>
public enum MemoryStep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>What is retained for prompts that begin alike.</summary>
    ShedCache,

    /// <summary>Half the sequences of a step.</summary>
    LimitBatch,

    /// <summary>All sequences but one, and half the context.</summary>
    LimitContext,

    /// <summary>Models that are idle, and the context down to the least.</summary>
    UnloadIdle,

    /// <summary>New work.</summary>
    Refuse,
}

/// <summary>
/// Decides, reading by reading, how far to go: a pure function of the readings. One reading below the short mark does nothing, two in a
/// row go a step further; below the near mark every reading does, and almost at the limit all that helps is done at once. Five calm
/// readings in a row take one step back, so that memory which comes and goes does not make the box swing.
/// </summary>
/// <param name="Step">How far it has gone.</param>
/// <param name="Shorts">Short readings in a row.</param>
/// <param name="Calms">Calm readings in a row.</param>
public readonly record struct MemoryWatch(MemoryStep Step, int Shorts, int Calms)
{
    /// <summary>Short readings in a row that go a step further.</summary>
    public const int ShortsToAct = 2;

    /// <summary>Calm readings in a row that go a step back.</summary>
    public const int CalmsToRestore = 5;

    // Percent of the last ten seconds in which some, or all, work waited for memory. A machine that starts up a model shows a few.
    private const double ShortSome = 40, ShortFull = 10, CalmSome = 10;

    /// <summary>Below this, memory is short. A plan leaves the whole reserve free, so a model that uses all it was given is not there yet.</summary>
    public static long ShortMark(long reserve) => reserve / 4 * 3;

    /// <summary>Below this, the limit is near.</summary>
    public static long NearMark(long reserve) => reserve / 8 * 3;

    /// <summary>Takes in a reading.</summary>
    /// <param name="room">Bytes that can still be taken while all weights stay in memory.</param>
    /// <param name="reserve">Bytes that should stay free: <see cref="MemoryPlan.Reserve"/>.</param>
    /// <param name="pressure">How long work stood still, or null.</param>
    public MemoryWatch Next(long room, long reserve, MemoryPressure? pressure)
    {
        if (room < NearMark(reserve))
        {
            var further = Step < MemoryStep.Refuse ? Step + 1 : Step;
            return new(room < reserve / 8 && further < MemoryStep.UnloadIdle ? MemoryStep.UnloadIdle : further, 0, 0);
        }
        var isStalled = pressure is { Some: >= ShortSome } or { Full: >= ShortFull };
        if (room < ShortMark(reserve) || isStalled)
        {
            if (Shorts + 1 < ShortsToAct) return new(Step, Shorts + 1, 0);
            // Stalls with room left come from elsewhere as well: no reason to turn work away.
            var last = room < ShortMark(reserve) ? MemoryStep.Refuse : MemoryStep.LimitContext;
            return new(Step < last ? Step + 1 : Step, 0, 0);
        }
        if (room < reserve || pressure is { Some: >= CalmSome }) return new(Step, 0, 0);
        if (Step == MemoryStep.None) return default;
        return Calms + 1 < CalmsToRestore ? new(Step, 0, Calms + 1) : new(Step - 1, 0, 0);
    }
}
