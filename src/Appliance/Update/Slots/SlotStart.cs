using System.Globalization;
using Appliance.Hosting;
using Models;

namespace Appliance.Update.Slots;

/// <summary>
/// The installed program starts the slot that is to run in its own place (execve), so that units, shells and scripts name one path for ever.
/// What cannot be executed is passed over: the good one next, then the installed program itself.
/// </summary>
internal static class SlotStart
{
    /// <summary>Says which process already is which file, so that nothing goes round; <see cref="Off"/> lets a file be itself.</summary>
    public const string Variable = "APPLIANCE_SLOT";

    /// <summary>See <see cref="Variable"/>.</summary>
    public const string Off = "off";

    private const string BaseVariable = "APPLIANCE_BASE";

    /// <summary>The installed program that started this one; null where this is it.</summary>
    public static string? Base { get; private set; }

    /// <summary>True for a variable, with its value, that says so of one process and is for no other.</summary>
    public static bool IsMark(string variable) => variable.StartsWith(Variable + "=", StringComparison.Ordinal) || variable.StartsWith(BaseVariable + "=", StringComparison.Ordinal);

    /// <summary>Becomes the program of the slot that is to run; comes back in that program, or where this is the one.</summary>
    public static void Follow(string[] arguments)
    {
        if (!OperatingSystem.IsLinux()) return;
        var (marker, program) = (Environment.GetEnvironmentVariable(Variable), Environment.ProcessPath);
        Base = Environment.GetEnvironmentVariable(BaseVariable);
        if (SlotFolder.Here is not { } slots || !Directory.Exists(slots.Path)) return;
        // Programs that this one starts are told nothing of it.
        Environment.SetEnvironmentVariable(Variable, null);
        Environment.SetEnvironmentVariable(BaseVariable, null);
        if (marker == Off || program is null) return;
        if (marker is null && IsUnwatchedServer(arguments)) Burn(slots);
        foreach (var file in Candidates(slots, IsJudge(arguments)))
        {
            var mark = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}:{file}");
            if (marker == mark || file == program) return;
            Relaunch.As(file, $"{Variable}={mark}", $"{BaseVariable}={Base ?? program}");
        }
    }

    /// <summary>The files to try, in order; none where the installed program is meant.</summary>
    /// <param name="slots">Where they are.</param>
    /// <param name="isJudge">True for who judges a version: that is the one before it.</param>
    public static IEnumerable<string> Candidates(SlotFolder slots, bool isJudge)
    {
        var (current, good) = (slots.Current, slots.Good);
        foreach (var slot in isJudge ? (IEnumerable<string>)[good] : current == good ? [current] : [current, good])
        {
            if (slots.FileOf(slot) is not { } file) yield break;
            yield return file;
        }
    }

    // Who decides about a version, by itself or for a person, is not that version; what it is asked, it answers itself.
    private static bool IsJudge(string[] arguments) => arguments is ["update", not "health", ..];

    // Under systemd, ExecStartPre= burns them.
    private static bool IsUnwatchedServer(string[] arguments) =>
        arguments is ["serve", ..] or ["gateway", "run", ..] && Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is null or "" && !arguments.Any(argument => argument is "--help" or "-h" or "-?");

    private static void Burn(SlotFolder slots)
    {
        // A slot of another user is that user's to judge.
        try { slots.BeginStart(); }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException) { }
    }
}
