using System.Text;
using System.Text.Json;
using Runtime.Tools;

namespace Runtime.Mcp.Protocol;

/// <summary>
/// What a tool of a server answered, as a text. Nothing in it becomes an attachment, a link or a file, whatever it says: of what is no text
/// only its kind and size is told. Pure.
/// </summary>
internal static class McpContent
{
    /// <summary>The text of a <c>CallToolResult</c>.</summary>
    public static ToolResult Of(JsonElement result)
    {
        var text = new StringBuilder();
        if (McpConnection.Member(result, "content") is { ValueKind: JsonValueKind.Array } content)
            foreach (var block in content.EnumerateArray()) text.Append(Block(block)).Append('\n');
        // Newer servers may answer with an object alone.
        if (text.ToString().Trim().Length == 0 && McpConnection.Member(result, "structuredContent") is { ValueKind: JsonValueKind.Object } structured) text.Append(structured.GetRawText());
        return new ToolResult(text.ToString().Trim()) { IsError = McpConnection.Member(result, "isError") is { ValueKind: JsonValueKind.True }, IsData = true };
    }

    private static string Block(JsonElement block) => McpConnection.Text(block, "type") switch
    {
        "text" => McpConnection.Text(block, "text") ?? "",
        "image" or "audio" => NotShown(block, "data", McpConnection.Text(block, "mimeType") ?? McpConnection.Text(block, "type")!),
        "resource_link" => $"[resource: {McpConnection.Text(block, "name")} {McpConnection.Text(block, "uri")}]",
        "resource" when McpConnection.Member(block, "resource") is { } resource =>
            McpConnection.Text(resource, "text") ?? NotShown(resource, "blob", McpConnection.Text(resource, "mimeType") ?? "resource"),
        _ => "[something that is not shown]",
    };

    private static string NotShown(JsonElement block, string member, string kind) => $"[{kind}, {(McpConnection.Text(block, member)?.Length ?? 0) * 3L / 4} bytes, not shown]";
}
