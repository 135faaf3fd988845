using Appliance.Update.Slots;

namespace Appliance.Tests.Update.Slots;

/// <summary>What a version does when it is started.</summary>
public enum Version
{
    /// <summary>It runs and passes the gate.</summary>
    Healthy,

    /// <summary>It runs and does not pass.</summary>
    Sick,

    /// <summary>It ends as soon as it is started.</summary>
    Crashing,

    /// <summary>The kernel does not execute it.</summary>
    Broken,
}

/// <summary>The power went.</summary>
internal sealed class PowerCutException : Exception;

/// <summary>
/// A box with real files and a service manager that is only imagined: it does, in order, what the units say. The power can be cut before any
/// step that changes a file.
/// </summary>
internal sealed class SlotModel
{
    private const int MostRestarts = 12;
    private int _stepsToCut = -1;

    public SlotModel(string folder) =>
        Slots = new SlotFolder(Path.Combine(folder, "slots"), new SlotDisk { Before = _ => { if (_stepsToCut >= 0 && _stepsToCut-- == 0) throw new PowerCutException(); } });

    public SlotFolder Slots { get; }

    /// <summary>What each version does, by the text that is its program; all others are healthy.</summary>
    public Dictionary<string, Version> Versions { get; } = [];

    /// <summary>How often each was started.</summary>
    public Dictionary<string, int> Starts { get; } = [];

    /// <summary>The power is cut so many steps from now; negative for never.</summary>
    public void CutAfter(int steps) => _stepsToCut = steps;

    /// <summary>True where the cut has come since.</summary>
    public bool Runs(Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (PowerCutException)
        {
            _stepsToCut = -1;
            return false;
        }
    }

    /// <summary>As `update apply` does once the file is here.</summary>
    public void Apply(string program, long release)
    {
        var file = Slots.FileFor("ready");
        File.WriteAllText(file, program);
        Slots.Try(Slots.Place(file, new SlotProgram(program, release, "")), DateTimeOffset.UnixEpoch);
    }

    /// <summary>The machine starts, and runs until nothing changes any more; gives the program that runs then.</summary>
    public string Boot()
    {
        for (var restart = 0; restart < MostRestarts; restart++)
        {
            // ExecStartPre=
            Slots.BeginStart();
            // ExecStart=: the first that can be executed.
            var (program, file) = SlotStart.Candidates(Slots, isJudge: false).Select(file => (Program: File.ReadAllText(file), File: (string?)file))
                .FirstOrDefault(candidate => Does(candidate.Program) != Version.Broken, ("installed", null));
            Starts[program] = Starts.GetValueOrDefault(program) + 1;
            if (Does(program) == Version.Crashing) continue;
            // ConditionPathExists= of the unit that commits.
            if (!File.Exists(Path.Combine(Slots.Path, "tries"))) return program;
            // The gate asks whether what runs is the current slot's program, and whether it is well.
            if (Does(program) == Version.Healthy && file == Slots.FileOf(Slots.Current))
            {
                Slots.Commit();
                return program;
            }
            // OnFailure=
            if (!Slots.Rollback("the gate said no")) return program;
        }
        throw new InvalidOperationException("It never came to rest.");
    }

    private Version Does(string program) => Versions.GetValueOrDefault(program, Version.Healthy);
}
