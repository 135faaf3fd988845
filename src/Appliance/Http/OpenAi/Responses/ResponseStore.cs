using Microsoft.Extensions.AI;

namespace Appliance.Http.OpenAi.Responses;

/// <summary>
/// Responses that can be asked for and gone on from. In memory, and bounded: the oldest go first, all go with the process. Safe for several
/// threads.
/// </summary>
internal sealed class ResponseStore
{
    /// <summary>Most responses kept.</summary>
    public const int MostResponses = 256;

    /// <summary>Most characters kept, those of a conversation counted with each of its responses.</summary>
    public const long MostCharacters = 4 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, StoredResponse> _responses = new(StringComparer.Ordinal);
    private long _characters;

    /// <summary>Keeps a response; one that is larger than the whole store is not kept.</summary>
    public void Add(StoredResponse response)
    {
        if (response.Characters > MostCharacters) return;
        lock (_lock)
        {
            while (_responses.Count >= MostResponses || _characters + response.Characters > MostCharacters) RemoveAt(0);
            _responses.Add(response.Response.Id, response);
            _characters += response.Characters;
        }
    }

    /// <summary>A response of that name, where it is this owner's.</summary>
    /// <exception cref="ApiException">404.</exception>
    public StoredResponse Get(string id, string owner, string? parameter = null)
    {
        lock (_lock) return _responses.TryGetValue(id, out var found) && found.Owner == owner ? found : throw NotFound(id, parameter);
    }

    /// <summary>Forgets a response.</summary>
    /// <exception cref="ApiException">404.</exception>
    public void Remove(string id, string owner)
    {
        lock (_lock)
        {
            Get(id, owner);
            RemoveAt(_responses.IndexOf(id));
        }
    }

    private void RemoveAt(int index)
    {
        _characters -= _responses.GetAt(index).Value.Characters;
        _responses.RemoveAt(index);
    }

    private static ApiException NotFound(string id, string? parameter) => new(
        parameter is null ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest,
        $"There is no response '{id}'. Responses are kept in memory, the last {MostResponses} at most; send the whole conversation as input instead.",
        parameter, parameter is null ? "not_found" : "previous_response_not_found");
}

/// <summary>A response and the conversation it ended, without instructions.</summary>
/// <param name="Response">It.</param>
/// <param name="Owner">Who asked.</param>
/// <param name="Conversation">Everything said, the answer last.</param>
/// <param name="Characters">How much that is.</param>
internal sealed record StoredResponse(Response Response, string Owner, IReadOnlyList<ChatMessage> Conversation, long Characters);
