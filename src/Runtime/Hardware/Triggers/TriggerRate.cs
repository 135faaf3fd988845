namespace Runtime.Hardware.Triggers;

/// <summary>How often triggers begin something: all of them together at most so often within an hour. Safe for several threads.</summary>
/// <param name="mostPerHour">How often.</param>
/// <param name="time">A clock that nobody sets.</param>
internal sealed class TriggerRate(int mostPerHour, TimeProvider time)
{
    private readonly Queue<long> _taken = new();

    /// <summary>True where another may begin, which counts.</summary>
    public bool Take()
    {
        lock (_taken)
        {
            while (_taken.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= TimeSpan.FromHours(1)) _taken.Dequeue();
            if (_taken.Count >= mostPerHour) return false;
            _taken.Enqueue(time.GetTimestamp());
            return true;
        }
    }
}
