namespace Models.Routing.Simulation;

/// <summary>
/// A clock and a thread of their own: everything that is awaited runs in order on the caller's thread, and when nothing can go on, time
/// jumps to the next timer. So hours pass in no time, and a seed gives the same run everywhere. Clocks can be set meanwhile.
/// </summary>
internal sealed class VirtualWorld : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();

    /// <summary>Its clock.</summary>
    public VirtualTime Time { get; } = new();

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => _ready.Enqueue((d, state));

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    /// <summary>Runs something to its end; fails where it waits for what never comes, or longer than <paramref name="most"/>.</summary>
    public void Run(Func<Task> work, TimeSpan most)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var end = Time.Elapsed + most;
            var task = work();
            while (!task.IsCompleted)
            {
                if (_ready.TryDequeue(out var next)) next.Callback(next.State);
                else if (!Time.Step()) throw new InvalidOperationException("it waits for what never comes");
                else if (Time.Elapsed > end) throw new InvalidOperationException($"it took longer than {most}");
            }
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
