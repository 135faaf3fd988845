using System.Text;
using Models;
using Models.Store;
using Runtime.Reflexes.Languages;

namespace Runtime.Reflexes.Taught;

/// <summary>
/// The reflexes of an agent beside those that come with the box, as files its owner edits: what was taught, what is offered, which are turned off. They
/// lie beside the workspace, not in it: no tool and no command of an agent reaches them. What is changed there counts from the next message on. Safe for several threads.
/// </summary>
/// <param name="folder">The folder, which may not be there.</param>
internal sealed class AgentReflexes(string folder)
{
    /// <summary>The file of what was taught.</summary>
    public const string TaughtFile = "taught.txt";

    /// <summary>The file of what is offered, and does nothing yet.</summary>
    public const string OffersFile = "offers.txt";

    private const string DisabledFile = "disabled";
    private const int LargestFile = 256 * 1024, MostFiles = 20;

    private readonly Lock _lock = new();
    private readonly HabitFile _habits = new(Path.Combine(folder, "habits"));
    private string? _stamp;
    private State _state = State.Empty;

    /// <summary>The files as they are now, each read where it has changed; one that cannot be read counts as if it were not there.</summary>
    public State Read()
    {
        lock (_lock)
        {
            FileInfo[] files;
            try { files = Directory.Exists(folder) ? [.. new DirectoryInfo(folder).GetFiles().Where(f => f.Name == DisabledFile || f.Extension == ".txt").OrderBy(f => f.Name, StringComparer.Ordinal).Take(MostFiles)] : []; }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return State.Empty with { Faults = [e.Message] }; }
            var stamp = string.Join('|', files.Select(f => $"{f.Name} {f.Length} {f.LastWriteTimeUtc.Ticks}"));
            if (stamp == _stamp) return _state;
            var (languages, faults, disabled, offers) = (new List<Language>(), new List<string>(), new HashSet<string>(StringComparer.Ordinal), (Language?)null);
            foreach (var file in files)
            {
                try
                {
                    if (file.Length > LargestFile) throw new ModelException($"{file.Name} has {file.Length} bytes; {LargestFile} are the most.");
                    var text = File.ReadAllText(file.FullName);
                    if (file.Name == DisabledFile) disabled.UnionWith(text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
                    else if (file.Name == OffersFile) offers = LanguageReader.Read(text, file.Name, BuiltIn.WordsFor(file.Name));
                    else languages.Add(LanguageReader.Read(text, file.Name, BuiltIn.Replaces(file.Name) ? null : BuiltIn.WordsFor(file.Name)));
                }
                catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
                {
                    faults.Add(e.Message);
                }
            }
            (_stamp, _state) = (stamp, new State(languages, offers, disabled, faults));
            return _state;
        }
    }

    /// <summary>Changes a file, durably.</summary>
    /// <exception cref="ModelException">What it would hold cannot be understood, or it cannot be written; it is as it was.</exception>
    public void Change(string name, Func<string, string> change)
    {
        lock (_lock)
        {
            var path = Path.Combine(folder, name);
            var next = change(File.Exists(path) ? File.ReadAllText(path) : "");
            if (name != DisabledFile) LanguageReader.Read(next, name, BuiltIn.WordsFor(name));
            if (next.Length > LargestFile) throw new ModelException($"{name} would become too large. Remove reflexes that nobody uses first.");
            HomeFolder.EnsureFolder(folder);
            try { DurableFile.Replace(path, Encoding.UTF8.GetBytes(next)); }
            catch (IOException e) { throw new ModelException($"Cannot write {path}: {e.Message}", e); }
            _stamp = null;
        }
    }

    /// <inheritdoc cref="HabitFile.Count"/>
    public int Count(string words, string outcome) => _habits.Count(words, outcome);

    /// <summary>Turns a reflex off, or on again.</summary>
    public void SetDisabled(string name, bool isDisabled) => Change(DisabledFile, text =>
    {
        var names = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(n => n != name);
        return string.Concat((isDisabled ? names.Append(name) : names).Select(n => n + "\n"));
    });

    /// <summary>What the files hold.</summary>
    /// <param name="Languages">Reflexes, file by file.</param>
    /// <param name="Offers">Those that are offered.</param>
    /// <param name="Disabled">Names of those that are turned off.</param>
    /// <param name="Faults">What could not be read, for a person.</param>
    public sealed record State(IReadOnlyList<Language> Languages, Language? Offers, IReadOnlySet<string> Disabled, IReadOnlyList<string> Faults)
    {
        /// <summary>Nothing.</summary>
        public static State Empty { get; } = new([], null, new HashSet<string>(), []);
    }
}
