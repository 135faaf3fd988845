using System.Text;
using Appliance.Config.Document;
using Appliance.Config.Secrets;
using Appliance.Gateway.Identity;
using Models;
using Models.Crypto;

namespace Appliance.Config;

/// <summary>
/// The room's door: the configuration in force, and every change of it. What cannot be used never comes into force: what was good before
/// goes on, after a restart too, and a note says so. Safe for several threads.
/// </summary>
internal sealed class ConfigStore : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ConfigFile _file;
    private readonly IReadOnlyList<ConfigOverride> _overrides;
    private readonly Action<string> _note;
    private readonly string _salt = Secret.New();
    private volatile ConfigState _current;
    private byte[]? _seen;
    private readonly bool _isOpen;
    private ConfigWatch? _watch;

    private ConfigStore(string home, IReadOnlyList<ConfigOverride> overrides, Action<string> note)
    {
        (Home, _file, _overrides, _note) = (home, new ConfigFile(home), overrides, note);
        _current = ConfigState.WithoutFile(overrides);
        Load();
        _isOpen = true;
    }

    /// <summary>Heard after a change has come into force, in the order of the changes. Handlers must not change the configuration.</summary>
    public event Action<ConfigChange>? Changed;

    /// <summary>What is in force.</summary>
    public ConfigState Current => _current;

    /// <summary>The same with types.</summary>
    public ApplianceConfig Config => _current.Config;

    /// <summary>Why the file is not what is in force, or null where it is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Where the file is.</summary>
    public string Path => _file.Path;

    /// <summary>The folder it is in.</summary>
    public string Home { get; }

    /// <summary>Reads the configuration of a home folder. A broken file is noted and not thrown.</summary>
    /// <param name="home">The folder.</param>
    /// <param name="options">From the command line: counts more than variables, which count more than the file.</param>
    /// <param name="note">Hears what a person should know.</param>
    /// <exception cref="ModelException">An option or a variable is wrong, or what they and the file say together is not safe.</exception>
    public static ConfigStore Open(string home, IReadOnlyList<ConfigOverride>? options = null, Action<string>? note = null)
    {
        var overrides = ConfigOverride.FromEnvironment(Environment.GetEnvironmentVariables()).Concat(options ?? []).ToList();
        foreach (var one in overrides) one.Require();
        return new ConfigStore(home, overrides, note ?? (_ => { }));
    }

    /// <summary>Takes changes of the file in by itself from now on.</summary>
    public void Watch(TimeProvider time) => _watch ??= new ConfigWatch(_file, () => Reload(), time);

    /// <summary>Reads the file again.</summary>
    /// <returns>What changed; null where nothing did, or the file cannot be used.</returns>
    public ConfigChange? Reload()
    {
        lock (_lock) return Load();
    }

    /// <summary>What a file's content would be here.</summary>
    public ConfigState Check(ConfigDocument document) => ConfigState.Read(document, _overrides);

    /// <summary>What stands in the file now, whether it can be used or not.</summary>
    public ConfigState ReadFile() => _file.Read() is { } text ? ConfigState.Read(text, _overrides) : ConfigState.WithoutFile(_overrides);

    /// <summary>Changes the file and brings it into force.</summary>
    /// <param name="change">Makes the new document from the file's, which is an empty one where there is none.</param>
    /// <exception cref="ModelException">The file or the new one cannot be used, or not be written; the file is as it was.</exception>
    public ConfigChange Edit(Func<ConfigDocument, ConfigDocument> change) => Replace(text => change(text is null ? ConfigEdit.Empty : ConfigDocument.Parse(text)));

    /// <summary>Writes the file anew and brings it into force.</summary>
    /// <param name="make">Makes the new document; it is given what stands in the file, which may be broken, or null where there is none.</param>
    /// <param name="baseHash">The hash of the file the change was made for; null leaves that out.</param>
    /// <exception cref="ConfigConflictException">The file is another one than it was made for.</exception>
    /// <exception cref="ModelException">The new one cannot be used or written; the file is as it was.</exception>
    public ConfigChange Replace(Func<byte[]?, ConfigDocument> make, string? baseHash = null)
    {
        lock (_lock)
        {
            _file.Update(text =>
            {
                if (baseHash is not null && baseHash != HashOf(text)) throw new ConfigConflictException();
                var next = make(text);
                var state = Check(next);
                return state.IsValid ? next.Text : throw new ModelException(string.Join("\n", state.Issues.Where(issue => !issue.IsWarning)));
            });
            return Load() ?? new ConfigChange(_current, _current);
        }
    }

    /// <summary>
    /// Names a file's content for <see cref="Replace"/>, as long as this process lives. Mixed with something that nobody knows, so that no
    /// secret in the file can be guessed and tried by it.
    /// </summary>
    public string HashOf(byte[]? text) => text is null ? "none" : Convert.ToHexStringLower(Sha256.Hash([.. Encoding.ASCII.GetBytes(_salt), .. text]));

    /// <summary>The hash of the file as it is now.</summary>
    public string Hash => HashOf(_file.Read());

    /// <summary>Secrets that are configured and not to be had, each in a sentence. Asks for every one of them.</summary>
    public IReadOnlyList<string> MissingSecrets()
    {
        var missing = new List<string>();
        foreach (var (path, secret) in ConfigCommands.Secrets(ConfigDocument.Parse(Encoding.UTF8.GetBytes(_current.Effective.ToJsonString()))))
        {
            try { SecretResolver.Resolve(secret, $"{path}", Home); }
            catch (ModelException e) { missing.Add(e.Message); }
        }
        return missing;
    }

    /// <inheritdoc/>
    public void Dispose() => _watch?.Dispose();

    private ConfigChange? Load()
    {
        byte[]? text;
        try
        {
            text = _file.Read();
        }
        catch (ModelException e)
        {
            Report(e.Message);
            return null;
        }
        if (_seen is not null && text is not null && _seen.AsSpan().SequenceEqual(text)) return null;
        _seen = text;
        if (text is null)
        {
            Problem = null;
            return _current.Document is null ? null : Enact(ConfigState.WithoutFile(_overrides));
        }
        var state = ConfigState.Read(text, _overrides);
        if (!state.IsValid)
        {
            if (!_isOpen && _file.ReadLastGood() is { } good && ConfigState.Read(good, _overrides) is { IsValid: true } last) _current = last;
            Report(string.Join("; ", state.Issues.Where(issue => !issue.IsWarning)));
            return null;
        }
        foreach (var issue in state.Issues) _note($"warning: {Path}, {issue}");
        Problem = null;
        Keep(text);
        if (_isOpen) return Enact(state);
        _current = state;
        return null;
    }

    private ConfigChange? Enact(ConfigState state)
    {
        var change = new ConfigChange(_current, state);
        _current = state;
        if (change.Paths.Count == 0) return change;
        Changed?.Invoke(change);
        var restart = change.NeedRestart;
        _note($"configuration changed: {string.Join(", ", change.Paths)}" + (restart.Count > 0 ? $". After a restart only: {string.Join(", ", restart)}" : ""));
        return change;
    }

    private void Report(string fault)
    {
        if (Problem == fault) return;
        Problem = fault;
        var instead = _current.Document is null ? "The defaults are used" : "The last one that could be used stays in force";
        _note($"error: {Path} cannot be used: {fault}. {instead} until it is repaired; `appliance config validate` shows what is wrong.");
    }

    private void Keep(byte[] text)
    {
        try
        {
            if (_file.ReadLastGood()?.AsSpan().SequenceEqual(text) != true) _file.KeepGood(text);
        }
        catch (ModelException e)
        {
            // A read-only disk is no reason not to run.
            _note($"warning: {e.Message}");
        }
    }
}
