using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Models.Providers.Wire;

/// <summary>One way of speaking to a model elsewhere: how a request is written and an answer read. Pure.</summary>
internal interface IWire
{
    /// <summary>Its name, as Microsoft.Extensions.AI calls providers.</summary>
    string Name { get; }

    /// <summary>Where chats go, under the base address.</summary>
    string Path { get; }

    /// <summary>True for server-sent events, false for a JSON document a line.</summary>
    bool IsEventStream { get; }

    /// <summary>The header that carries the key.</summary>
    (string Name, string Value) Key(string key);

    /// <summary>Headers beside it.</summary>
    IReadOnlyList<(string Name, string Value)> Headers { get; }

    /// <summary>Writes a request.</summary>
    void Write(Utf8JsonWriter json, Upstream upstream, IReadOnlyList<ChatMessage> messages, ChatOptions options);

    /// <summary>Reads one message of the answer; more than one thing may be in it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    IEnumerable<WireDelta> Read(string data);
}
