using Appliance.Gateway.Protocol;
using Runtime.Agents;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about an agent's files send.

internal sealed record AgentFileRow(string Name, string Path, bool Missing) : IPayload
{
    public bool? ExpectedAbsent { get; init; }
    public long? Size { get; init; }
    public long? UpdatedAtMs { get; init; }
    public string? Hash { get; init; }
    public string? Content { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("name", Name).Add("path", Path).Add("missing", Missing).Add("expectedAbsent", ExpectedAbsent).Add("size", Size)
        .Add("updatedAtMs", UpdatedAtMs).Add("hash", Hash).Add("content", Content);
}

internal sealed record WorkspaceRow(WorkspaceEntry Entry) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("path", Entry.Path).Add("name", Entry.Name).Add("kind", Entry.IsFolder ? "directory" : "file").Add("size", Entry.Size);
}

/// <summary>A file as text where it is text.</summary>
internal sealed record WorkspaceContent(string Path, WorkspaceFile File, string? Text) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("path", Path).Add("name", Path[(Path.LastIndexOf('/') + 1)..]).Add("size", File.Content.Length).Add("updatedAtMs", File.UpdatedAt)
        .Add("mimeType", Text is null ? "application/octet-stream" : "text/plain").Add("encoding", Text is null ? "base64" : "utf8")
        .Add("content", Text ?? Convert.ToBase64String(File.Content));
}
