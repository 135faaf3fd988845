using System.Collections.Concurrent;
using System.Text.Json;

namespace Appliance.Gateway.Methods;

/// <summary>Commands that nodes were asked to run and have not answered yet. Safe for several threads.</summary>
internal sealed class NodeInvocations
{
    private readonly ConcurrentDictionary<string, (string NodeId, TaskCompletionSource<NodeAnswer> Result)> _waiting = new();

    /// <summary>A new invocation: its id, and its result to be.</summary>
    public (string Id, Task<NodeAnswer> Result) Begin(string nodeId)
    {
        var id = Guid.NewGuid().ToString();
        var result = new TaskCompletionSource<NodeAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = (nodeId, result);
        return (id, result.Task);
    }

    /// <summary>Waits for a result, and not for ever.</summary>
    public async Task<NodeAnswer> WaitAsync(string id, Task<NodeAnswer> result, TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            return await result.WaitAsync(patience, time, cancellation);
        }
        catch (TimeoutException)
        {
            return new NodeAnswer(null, null, "node invoke timed out");
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    /// <summary>The answer of a node; of another than was asked it is no answer.</summary>
    public void Finish(string id, string nodeId, NodeAnswer answer)
    {
        if (_waiting.TryGetValue(id, out var waiting) && waiting.NodeId == nodeId) waiting.Result.TrySetResult(answer);
    }

    /// <summary>The node has gone.</summary>
    public void Fail(string nodeId)
    {
        foreach (var (_, waiting) in _waiting)
        {
            if (waiting.NodeId == nodeId) waiting.Result.TrySetResult(new NodeAnswer(null, null, "node disconnected"));
        }
    }
}

/// <summary>What a node answered.</summary>
internal sealed record NodeAnswer(JsonElement? Payload, string? PayloadJson, string? Error)
{
    /// <summary>The JSON inside a text, or null where it is none.</summary>
    public static JsonElement? Parse(string? json)
    {
        if (json is null) return null;
        try { return JsonElement.Parse(json); }
        catch (JsonException) { return null; }
    }
}
