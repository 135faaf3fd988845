using System.Globalization;
using System.Text;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Protocol;
using Appliance.Hosting;
using Models.Store;

namespace Appliance.Update.Slots;

/// <summary>
/// Two slots for versions of this program over the one that was installed, and two links: <c>current</c> is what starts, <c>good</c> what
/// last proved itself. Where they differ a version is being tried. Each change is one rename, so there is no moment at which neither starts.
/// docs/update.md has the whole of it. Changes of several processes take turns.
/// </summary>
internal sealed class SlotFolder
{
    /// <summary>The variable that names the folder where the program's own place does not.</summary>
    public const string Variable = "APPLIANCE_SLOTS";

    /// <summary>What a link says that leads to the installed program; there is no such folder. So does a link that is not there.</summary>
    public const string Installed = "installed";

    /// <summary>How often a version is started that has not proved itself.</summary>
    public const int Starts = 3;

    /// <summary>The folder of the machine's service.</summary>
    public const string OfMachine = "/var/lib/appliance-slots";

    private const string ProgramName = "appliance";
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(30);
    private readonly SlotDisk _disk;

    /// <summary>The slots of a folder, which need not be there.</summary>
    public SlotFolder(string path, SlotDisk? disk = null) => (Path, _disk) = (System.IO.Path.GetFullPath(path), disk ?? new SlotDisk());

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The slot that starts: <c>a</c>, <c>b</c> or <see cref="Installed"/>.</summary>
    public string Current => LinkOf("current");

    /// <summary>The slot that last proved itself.</summary>
    public string Good => LinkOf("good");

    /// <summary>True while a version is being tried.</summary>
    public bool IsPending => Current != Good;

    /// <summary>True while a version has to go, or has gone without the good one having been started since: who was to see to it was killed.</summary>
    public bool IsUndecided => IsPending || (File.Exists(At("tries")) && Outcome == TryOutcome.WentBack);

    /// <summary>How often the version that is tried may still be started; 0 where nobody wrote it down.</summary>
    public int TriesLeft => int.TryParse(ReadText("tries"), NumberStyles.None, CultureInfo.InvariantCulture, out var left) ? Math.Min(left, Starts) : 0;

    /// <summary>The last try, or null.</summary>
    public LastTry? Last => LastTry.Read(State.Member("last"));

    /// <summary>What became of it.</summary>
    public TryOutcome Outcome => IsPending ? TryOutcome.Pending : Last is not { } last ? TryOutcome.None
        : last.Slot == Good ? TryOutcome.Committed : last.Why is null ? TryOutcome.None : TryOutcome.WentBack;

    /// <summary>The highest release that ever proved itself here, or was installed: none below it is taken.</summary>
    public long Floor => Math.Max(Math.Max(State.Number("floor") ?? 0, ProgramOf(Good)?.Release ?? 0), PinnedRelease.Number);

    private JsonElement State => ReadJson("state.json");

    /// <summary>The folder of a program, or null where it was not installed.</summary>
    /// <param name="program">The program's full path.</param>
    /// <param name="variable">What <see cref="Variable"/> says, or null.</param>
    public static SlotFolder? Find(string? program, string? variable)
    {
        if (!string.IsNullOrEmpty(variable)) return new(variable);
        if (program is "/usr/bin/" + ProgramName or "/usr/local/bin/" + ProgramName) return new(OfMachine);
        const string ofPerson = "/.local/bin/" + ProgramName;
        if (program is null) return null;
        if (program.EndsWith(ofPerson, StringComparison.Ordinal)) return new(program[..^ofPerson.Length] + "/.local/lib/appliance-slots");
        foreach (var slot in (ReadOnlySpan<string>)["/a/", "/b/"])
            if (program.EndsWith("appliance-slots" + slot + ProgramName, StringComparison.Ordinal)) return new(program[..^(slot + ProgramName).Length]);
        return null;
    }

    /// <summary>The folder of this program.</summary>
    public static SlotFolder? Here => Find(Environment.ProcessPath, Environment.GetEnvironmentVariable(Variable));

    /// <summary>The program's file in a slot; null for the installed one, which is elsewhere.</summary>
    public string? FileOf(string slot) => slot == Installed ? null : System.IO.Path.Combine(Path, slot, ProgramName);

    /// <summary>What is in a slot, or null.</summary>
    public SlotProgram? ProgramOf(string slot) => slot == Installed ? new(ProductVersion.Text, PinnedRelease.Number, "") : SlotProgram.From(ReadJson($"{slot}/slot.json"));

    /// <summary>The folder, made where it is not there.</summary>
    /// <exception cref="UpdateException">It cannot be made.</exception>
    public string EnsureFolder() => Ensure(Path);

    /// <summary>A file below the folder, for what is fetched; the folder is made where it is not there.</summary>
    public string FileFor(string name)
    {
        var folder = System.IO.Path.Combine(Path, "incoming");
        if (!Directory.Exists(folder))
        {
            Ensure(Path);
            _disk.Empty(folder);
        }
        return System.IO.Path.Combine(folder, name);
    }

    /// <summary>Puts a program into the slot that nobody needs, and says which.</summary>
    /// <param name="file">The program, whole and on the disk, on this file system; it is moved.</param>
    /// <param name="program">What it is.</param>
    /// <exception cref="UpdateException">A version is being tried, which needs both slots.</exception>
    public string Place(string file, SlotProgram program)
    {
        using var held = Lock();
        RefusePending();
        var slot = Good == "a" ? "b" : "a";
        var folder = System.IO.Path.Combine(Path, slot);
        _disk.Empty(folder);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        _disk.Move(file, FileOf(slot)!);
        _disk.Write(System.IO.Path.Combine(folder, "slot.json"), FrameWriter.Payload(program));
        return slot;
    }

    /// <summary>From the next start on a slot is tried.</summary>
    /// <exception cref="UpdateException">Another is being tried.</exception>
    public void Try(string slot, DateTimeOffset now)
    {
        using var held = Lock();
        RefusePending();
        if (slot == Good) return;
        WriteState(Floor, new LastTry(slot, Good, ProgramOf(slot) ?? throw new UpdateException($"There is no program in slot {slot}."), now, null));
        _disk.Write(At("tries"), Encoding.ASCII.GetBytes($"{Starts}\n"));
        _disk.Link(At("current"), slot);
    }

    /// <summary>Before each start: one try less; where none is left, back.</summary>
    /// <returns>True where it went back.</returns>
    public bool BeginStart()
    {
        if (!IsPending && !File.Exists(At("tries"))) return false;
        using var held = Lock();
        if (!IsPending)
        {
            _disk.Delete(At("tries"));
            return false;
        }
        if (TriesLeft is var left and > 0)
        {
            _disk.Write(At("tries"), Encoding.ASCII.GetBytes($"{left - 1}\n"));
            return false;
        }
        GoBack($"it was started {Starts} times and did not prove itself");
        if (File.Exists(At("tries"))) _disk.Delete(At("tries"));
        return true;
    }

    /// <summary>The version that is tried has proved itself: it is the good one.</summary>
    /// <returns>False where none was being tried.</returns>
    public bool Commit()
    {
        using var held = Lock();
        var pending = IsPending;
        if (pending)
        {
            _disk.Link(At("good"), Current);
            WriteState(Floor, Last);
        }
        if (File.Exists(At("tries"))) _disk.Delete(At("tries"));
        return pending;
    }

    /// <summary>The version that is tried has failed: the good one is back from the next start on. Killed anywhere, it goes on when it is called again.</summary>
    /// <param name="why">What was wrong with it.</param>
    /// <param name="restart">Starts the good one in place of what runs, and says false where it cannot; null where that is not to be.</param>
    /// <returns>False where none was being tried.</returns>
    /// <exception cref="UpdateException">It could not be started.</exception>
    public bool Rollback(string why, Func<bool>? restart = null)
    {
        using var held = Lock();
        if (!IsUndecided) return false;
        if (IsPending) GoBack(why);
        if (restart?.Invoke() == false) throw new UpdateException($"Version {ProgramOf(Current)?.Version} is back, but could not be started. `systemctl restart appliance` does it.");
        // The last: until then it is known that somebody has to see to it.
        if (File.Exists(At("tries"))) _disk.Delete(At("tries"));
        return true;
    }

    /// <summary>The installed program starts, whatever was in the slots: somebody installed it by hand.</summary>
    public void Reset()
    {
        if (!Directory.Exists(Path)) return;
        using var held = Lock();
        // The good one first: whenever this ends, what starts is one that is there.
        foreach (var name in (ReadOnlySpan<string>)["good", "current", "tries", "state.json"])
            if (Exists(name)) _disk.Delete(At(name));
    }

    /// <summary>The slot of the version before, where it is still there; null where it is not.</summary>
    public string? Previous => Outcome == TryOutcome.Committed && Last!.From is var from && (from == Installed || File.Exists(FileOf(from))) ? from : null;

    private void GoBack(string why)
    {
        if (Last is { } last) WriteState(Floor, last with { Why = why });
        _disk.Link(At("current"), Good);
    }

    private void RefusePending()
    {
        if (IsPending) throw new UpdateException($"Version {ProgramOf(Current)?.Version} is being tried. Wait until it has proved itself, or say `appliance update rollback`.");
    }

    private void WriteState(long floor, LastTry? last) => _disk.Write(At("state.json"), FrameWriter.Object(to => to.Add("floor", floor).Add("last", last)));

    private bool Exists(string name) => File.Exists(At(name)) || new FileInfo(At(name)).LinkTarget is not null;

    private string LinkOf(string name)
    {
        try { return new FileInfo(At(name)).LinkTarget switch { "a" => "a", "b" => "b", _ => Installed }; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return Installed; }
    }

    private JsonElement ReadJson(string name)
    {
        try { return ReadText(name) is { } text ? JsonElement.Parse(text) : default; }
        catch (JsonException) { return default; }
    }

    private string? ReadText(string name)
    {
        try { return File.ReadAllText(At(name)).Trim(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }

    private FileStream Lock()
    {
        try
        {
            Ensure(Path);
            var since = TimeProvider.System.GetTimestamp();
            while (true)
            {
                if (Disk.TryLock(At("lock")) is { } held) return held;
                if (TimeProvider.System.GetElapsedTime(since) > LockPatience) throw new UpdateException($"Another process has held {At("lock")} for {LockPatience.TotalSeconds:0} seconds.");
                Thread.Sleep(10);
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UpdateException($"{Path} belongs to another user. Say it with sudo.", e);
        }
    }

    private static string Ensure(string folder)
    {
        if (Directory.Exists(folder)) return folder;
        try { Directory.CreateDirectory(folder); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw new UpdateException($"Cannot make {folder}: {e.Message} For the service of the machine, say it with sudo.", e); }
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        return folder;
    }

    private string At(string name) => System.IO.Path.Combine(Path, name);
}
