using System.Collections.Concurrent;
using System.Diagnostics;
using Models.Generation.Drafting;
using Models.Generation.Grammar;
using Models.Onnx;

namespace Models.Generation.Scheduling;

/// <summary>
/// Runs the generations of one model together: each step takes the next token of every one that is answering and a piece of the prompts
/// that are still coming in, so requests join and leave between two tokens and a long prompt holds nobody up for more than a piece.
/// One thread does it all; the public members are safe for several threads.
/// </summary>
internal sealed class Scheduler : IDisposable
{
    private readonly IDecoder _decoder;
    private readonly int _mostWaiting;
    private readonly int _sharedChunk;
    private readonly Lock _lock = new();
    private readonly List<GenerationRun> _waiting = [];
    private readonly List<GenerationRun> _active = [];
    private readonly ConcurrentQueue<Action> _errands = new();
    private readonly AutoResetEvent _signal = new(false);
    private readonly Step _step;
    private readonly Thread _thread;
    private CancellationTokenSource _stepEnd = new();
    private readonly bool _drafts;
    private readonly WorkPace? _pace;
    private volatile bool _stopping;
    private bool _stopped;

    // Whether somebody had to give way and nobody has ended since.
    private bool _full;
    private TimeSpan _owed;
    private double _secondsPerRun = 1;

    /// <summary>Starts the thread. The decoder belongs to the scheduler from here on.</summary>
    public Scheduler(string name, IDecoder decoder, EngineOptions options)
    {
        (_decoder, _mostWaiting, _sharedChunk, _drafts, _pace) = (decoder, options.QueueLength, options.SharedPrefillChunk, options.Drafts, options.Pace);
        MostActive = decoder.MostSequences;
        _pace?.Begins?.Invoke();
        _step = new Step(decoder);
        _thread = new Thread(() => Loop($"model {name}")) { IsBackground = true, Name = $"model {name}" };
        _thread.Start();
    }

    /// <summary>What steps cost, for those who guess ahead.</summary>
    public StepCosts Costs { get; } = new();

    /// <summary>Most generations at once; fewer when memory is short.</summary>
    public int MostActive { get; set; }

    /// <summary>Generations that run.</summary>
    public int Running
    {
        get { lock (_lock) return _active.Count; }
    }

    /// <summary>Generations that wait.</summary>
    public int Waiting
    {
        get { lock (_lock) return _waiting.Count; }
    }

    /// <summary>Generations that run or wait.</summary>
    public int Load
    {
        get { lock (_lock) return _waiting.Count + _active.Count; }
    }

    /// <summary>Lets a generation join.</summary>
    /// <exception cref="GenerationException">As many as may wait are waiting.</exception>
    public void Submit(GenerationRun run)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            if (_waiting.Count >= _mostWaiting)
            {
                var wait = TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(_secondsPerRun * (_waiting.Count + 1) / MostActive), 1, 120));
                throw new GenerationException($"{_waiting.Count} requests are waiting for the model already. Try again in {wait.TotalSeconds:F0} s.") { RetryAfter = wait };
            }
            _waiting.Add(run);
        }
        run.Cancellation.UnsafeRegister(static state => ((Scheduler)state!).OnCancelled(), this);
        Wake();
    }

    /// <summary>Does something between two steps, on the thread that the decoder belongs to.</summary>
    /// <exception cref="ObjectDisposedException">The model was unloaded.</exception>
    public Task DoAsync(Action errand)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            // What is taken here is done: the loop looks once more after it has been told to stop.
            ObjectDisposedException.ThrowIf(_stopping, this);
            _errands.Enqueue(() =>
            {
                try
                {
                    errand();
                    done.SetResult();
                }
                catch (Exception e)
                {
                    done.SetException(e);
                }
            });
        }
        Wake();
        return done.Task;
    }

    /// <summary>Lets the generations under way end, refuses those that wait, and frees the engine.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_stopping) return;
            _stopping = true;
        }
        Wake();
        _thread.Join();
        lock (_lock) _stopped = true;
        _decoder.Dispose();
        _stepEnd.Dispose();
        _signal.Dispose();
    }

    private void Loop(string name)
    {
        Libc.NameThread(name);
        while (true)
        {
            while (_errands.TryDequeue(out var errand)) errand();
            Sweep();
            if (_stopping && _active.Count == 0) break;
            if (!_stopping) Admit();
            if (_active.Count == 0)
            {
                _signal.WaitOne();
                continue;
            }
            try
            {
                RunStep();
            }
            catch (OperationCanceledException)
            {
                // Everyone in the step has gone; the next sweep takes them out.
            }
            catch (Exception e)
            {
                // The engine failed: nothing of this step is to be trusted, and whoever comes next starts anew.
                foreach (var run in _active) run.Fail(e);
            }
        }
        while (_errands.TryDequeue(out var errand)) errand();
        lock (_lock)
        {
            foreach (var run in _waiting) run.Fail(new ObjectDisposedException(nameof(Scheduler), "The model was unloaded."));
            _waiting.Clear();
        }
    }

    // Takes out who has ended or gone.
    private void Sweep()
    {
        lock (_lock)
        {
            foreach (var run in _waiting)
                if (run.Cancellation.IsCancellationRequested) run.Fail(new OperationCanceledException(run.Cancellation));
            _waiting.RemoveAll(static run => run.IsEnded);
            foreach (var run in _active)
            {
                if (!run.IsEnded && run.Cancellation.IsCancellationRequested) run.Fail(new OperationCanceledException(run.Cancellation));
                if (!run.IsEnded) continue;
                _secondsPerRun += 0.2 * (run.Age.TotalSeconds - _secondsPerRun);
                _full = false;
            }
            _active.RemoveAll(static run => run.IsEnded);
        }
    }

    // Who is due first comes in while there is room.
    private void Admit()
    {
        while (!_full && _active.Count < MostActive)
        {
            GenerationRun? next;
            lock (_lock)
            {
                next = _waiting.MinBy(static run => run.Due);
                if (next is null) return;
                _waiting.Remove(next);
                _active.Add(next);
            }
            try
            {
                next.Start(_decoder.CreateSequence());
            }
            catch (GrammarException e)
            {
                next.Fail(new GenerationException(e.Message, e) { Parameter = "response_format" });
            }
            catch (Exception e)
            {
                next.Fail(e);
            }
        }
    }

    private void RunStep()
    {
        lock (_lock) Compose();
        // Nobody in the step may be wanted any more by now.
        EndUnwantedStep();
        if (_step.Runs.Count == 0) return;
        var began = Stopwatch.GetTimestamp();
        _decoder.Run(_step.Parts, _stepEnd.Token);
        var took = Stopwatch.GetTimestamp() - began;
        if (_step.IsAnswersOnly) Costs.Add(_step.Rows, TimeSpan.FromSeconds(took / (double)Stopwatch.Frequency));
        var made = -Made();
        _step.Deliver();
        GenerationMeter.Count(_step.Rows, made + Made(), took);
        Rest(took);

        int Made()
        {
            var sum = 0;
            foreach (var run in _step.Runs) sum += run.Made;
            return sum;
        }
    }

    // Whole milliseconds: what is less is owed until there are more.
    private void Rest(long took)
    {
        if (_pace is null) return;
        _owed = _pace.Duty < 1 ? _owed + _pace.RestAfter(took) : TimeSpan.Zero;
        var rest = (int)_owed.TotalMilliseconds;
        if (rest == 0) return;
        Thread.Sleep(rest);
        _owed -= TimeSpan.FromMilliseconds(rest);
    }

    // Answers first: they are one row each. Then the prompts, in the order they are due, a piece if answers wait for it.
    private void Compose()
    {
        if (_stepEnd.IsCancellationRequested)
        {
            _stepEnd.Dispose();
            _stepEnd = new CancellationTokenSource();
        }
        _step.Clear();
        _active.Sort(static (a, b) => a.Due.CompareTo(b.Due));
        GenerationRun[] runs = [.. _active];
        foreach (var run in runs)
            if (run.Made > 0) Include(run, _decoder.MostTokens);
        var rows = _step.Rows > 0 ? _step.Rows + _sharedChunk : _decoder.MostTokens;
        foreach (var run in runs)
            if (run is { Made: 0, Sequence: not null }) Include(run, rows);
    }

    private void Include(GenerationRun run, int rows)
    {
        if (run.Sequence is null) return;
        if (run.Made == 0) run.Reuse();
        var count = _step.RoomFor(run, rows);
        if (count <= 0) return;
        while (!run.Sequence.TryReserve(count))
        {
            // Who is due last gives way, and comes again when somebody has ended.
            var last = _active.FindLast(other => other.Sequence is not null && !_step.Runs.Contains(other))!;
            if (last == run && _active.Count == 1)
            {
                run.Fail(new GenerationException("There is no memory left for a longer context.") { IsContextExceeded = true });
                return;
            }
            last.GiveWay();
            _active.Remove(last);
            _waiting.Add(last);
            _full = true;
            if (last == run) return;
        }
        var guesses = _drafts && count == run.Pending.Length && run.Made > 0
            ? run.Draft(Math.Max(1, _step.Runs.Count), _step.RoomForGuesses(count))
            : [];
        if (guesses.Length > 0 && !run.Sequence.TryReserve(count + guesses.Length)) guesses = [];
        _step.Add(run, count, guesses);
    }

    private void OnCancelled()
    {
        EndUnwantedStep();
        Wake();
    }

    // A step ends early when nobody in it is wanted any more.
    private void EndUnwantedStep()
    {
        lock (_lock)
            if (!_stopped && _step.Runs.All(static run => run.Cancellation.IsCancellationRequested)) _stepEnd.Cancel();
    }

    private void Wake()
    {
        lock (_lock)
            if (!_stopped) _signal.Set();
    }
}
