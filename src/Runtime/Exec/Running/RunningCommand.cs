using Models;
using Runtime.Exec.Grammar;
using Runtime.Sandbox;

namespace Runtime.Exec.Running;

/// <summary>A command that runs: its pipelines one after the other, as its connectors say. Safe for several threads.</summary>
public sealed class RunningCommand : IDisposable
{
    private readonly Func<PlannedPipeline, OutputBuffer, RunningPipeline> _start;
    private readonly string _home;
    private readonly Lock _lock = new();
    private RunningPipeline? _current;
    private bool _isKilled;

    internal RunningCommand(IReadOnlyList<PlannedPipeline> pipelines, SandboxLimits limits, string home, Func<PlannedPipeline, OutputBuffer, RunningPipeline> start)
    {
        (_start, _home, Output) = (start, home, new OutputBuffer(limits.Output));
        try
        {
            // The first one here, so that what cannot start at all says so to who asked.
            _current = start(pipelines[0], Output);
        }
        catch
        {
            DeleteHome();
            throw;
        }
        Ended = Task.Run(() => RunAsync(pipelines));
    }

    /// <summary>What it printed.</summary>
    public OutputBuffer Output { get; }

    /// <summary>How it ended. Never fails.</summary>
    public Task<CommandEnd> Ended { get; }

    /// <summary>Ends it, with everything that it started.</summary>
    public void Kill()
    {
        lock (_lock) _isKilled = true;
        _current?.Kill();
    }

    /// <summary>Writes to its first program.</summary>
    /// <exception cref="ModelException">It does not take input.</exception>
    public void WriteInput(ReadOnlySpan<byte> bytes) => (_current ?? throw new ModelException("The command has ended.")).WriteInput(bytes);

    /// <summary>Tells its first program that nothing more comes.</summary>
    public void CloseInput() => _current?.CloseInput();

    /// <inheritdoc/>
    public void Dispose() => Kill();

    private async Task<CommandEnd> RunAsync(IReadOnlyList<PlannedPipeline> pipelines)
    {
        var exit = 0;
        try
        {
            for (var i = 0; i < pipelines.Count; i++)
            {
                if (i > 0)
                {
                    if (pipelines[i].Connector switch { Connector.OnSuccess => exit != 0, Connector.OnFailure => exit == 0, _ => false }) continue;
                    lock (_lock)
                    {
                        if (_isKilled) break;
                        _current = _start(pipelines[i], Output);
                    }
                }
                exit = await _current!.Ended;
                var reason = _current.StopReason;
                _current.Dispose();
                if (reason is not null) return new CommandEnd(exit, reason);
            }
            return new CommandEnd(exit, null);
        }
        catch (ModelException e)
        {
            Output.Add(System.Text.Encoding.UTF8.GetBytes(e.Message + "\n"));
            return new CommandEnd(126, e.Message);
        }
        finally
        {
            DeleteHome();
        }
    }

    private void DeleteHome()
    {
        try { Directory.Delete(_home, recursive: true); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }
}

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Of the last program that ran; 128 and a signal's number where one ended it.</param>
/// <param name="StopReason">Why it was stopped, or null where it ended by itself.</param>
public sealed record CommandEnd(int ExitCode, string? StopReason);
