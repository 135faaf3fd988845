using System.Collections.Concurrent;
using Models;
using Runtime.Exec.Running;

namespace Runtime.Tools.Commands;

/// <summary>Commands that run in the background, by session. Bounded; what has ended and was read goes. Safe for several threads.</summary>
public sealed class ProcessBook : IDisposable
{
    /// <summary>Commands that may be kept.</summary>
    public const int Most = 16;

    private readonly ConcurrentDictionary<string, BackgroundProcess> _processes = new(StringComparer.Ordinal);
    private int _last;

    /// <summary>Keeps a command, and gives it an id.</summary>
    /// <exception cref="ModelException">There are too many; it is ended.</exception>
    public BackgroundProcess Add(string session, string text, RunningCommand command)
    {
        foreach (var ended in _processes.Values.Where(p => p.Command.Ended.IsCompleted).OrderBy(p => p.Id, StringComparer.Ordinal).Take(Math.Max(0, _processes.Count - Most + 1))) Remove(ended);
        if (_processes.Count >= Most)
        {
            command.Dispose();
            throw new ModelException($"{Most} commands run in the background already; end one first.");
        }
        var process = new BackgroundProcess($"p{Interlocked.Increment(ref _last)}", session, text, command);
        _processes[process.Id] = process;
        return process;
    }

    /// <summary>A session's commands.</summary>
    public IReadOnlyList<BackgroundProcess> Of(string session) => [.. _processes.Values.Where(process => process.Session == session)];

    /// <summary>A session's command of that id: another session's is not there.</summary>
    /// <exception cref="ModelException">There is none.</exception>
    public BackgroundProcess Get(string session, string id) =>
        _processes.TryGetValue(id, out var process) && process.Session == session ? process : throw new ModelException($"There is no command {id} in the background.");

    /// <summary>Ends a command and forgets it.</summary>
    public void Remove(BackgroundProcess process)
    {
        process.Command.Dispose();
        _processes.TryRemove(process.Id, out _);
    }

    /// <summary>Ends all.</summary>
    public void Dispose()
    {
        foreach (var process in _processes.Values) Remove(process);
    }
}

/// <summary>A command in the background.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Session">Whose it is.</param>
/// <param name="Text">The command.</param>
/// <param name="Command">What runs.</param>
public sealed record BackgroundProcess(string Id, string Session, string Text, RunningCommand Command)
{
    /// <summary>How much of its output was read.</summary>
    public long ReadTo { get; set; }
}
