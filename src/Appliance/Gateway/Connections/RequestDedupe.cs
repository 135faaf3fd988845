using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Connections;

/// <summary>
/// Answers a request that comes again under its idempotency key with the first answer, also while that is still being made. Bounded by
/// number and time. Safe for several threads.
/// </summary>
internal sealed class RequestDedupe(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Task<byte[]> Answer, long Since)> _answers = [];
    private readonly Queue<string> _order = new();

    /// <summary>The answer to the key, made by <paramref name="make"/> where it is new. A failure is not kept: the next try is a new one.</summary>
    public async Task<byte[]> GetAsync(string key, Func<Task<byte[]>> make)
    {
        Task<byte[]> answer;
        lock (_lock)
        {
            while (_order.TryPeek(out var oldest) && (_order.Count > ProtocolLimits.DedupeKeys || IsOver(oldest))) _answers.Remove(_order.Dequeue());
            if (_answers.TryGetValue(key, out var known)) answer = known.Answer;
            else
            {
                _answers[key] = (answer = make(), time.GetTimestamp());
                _order.Enqueue(key);
            }
        }
        try
        {
            return await answer;
        }
        catch
        {
            lock (_lock)
            {
                if (_answers.TryGetValue(key, out var failed) && failed.Answer == answer) _answers.Remove(key);
            }
            throw;
        }
    }

    private bool IsOver(string key) => !_answers.TryGetValue(key, out var kept) || time.GetElapsedTime(kept.Since) > ProtocolLimits.DedupeFor;
}
