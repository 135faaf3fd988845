using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Http.Mcp;

namespace Appliance.Tests.Http.Mcp;

/// <summary>
/// What MCP's conformance suite expects a server to have (tools that ask back, resources, prompts): for the tests of our transport alone. The
/// product's own server has the agent's tools and nothing else.
/// </summary>
internal sealed class ConformanceServer : IMcpServer
{
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    private const string Silence = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";
    private const string Image = $$"""{"type":"image","data":"{{Pixel}}","mimeType":"image/png"}""";

    private static readonly Dictionary<string, string> Results = new()
    {
        ["test_simple_text"] = """{"content":[{"type":"text","text":"This is a simple text response for testing."}]}""",
        ["test_image_content"] = $$"""{"content":[{{Image}}]}""",
        ["test_audio_content"] = $$"""{"content":[{"type":"audio","data":"{{Silence}}","mimeType":"audio/wav"}]}""",
        ["test_embedded_resource"] = """{"content":[{"type":"resource","resource":{"uri":"test://embedded-resource","mimeType":"text/plain","text":"This is an embedded resource content."}}]}""",
        ["test_multiple_content_types"] = $$"""
            {"content":[{"type":"text","text":"Multiple content types test:"},{{Image}},
             {"type":"resource","resource":{"uri":"test://mixed-content-resource","mimeType":"application/json","text":"{\"test\":\"data\",\"value\":123}"} }]}
            """,
        ["test_error_handling"] = """{"isError":true,"content":[{"type":"text","text":"This tool intentionally returns an error for testing"}]}""",
        ["json_schema_2020_12_tool"] = """{"content":[{"type":"text","text":"ok"}]}""",
    };

    private static readonly Dictionary<string, string> Elicitations = new()
    {
        ["test_elicitation"] = """
            {"message":"Please provide your information","requestedSchema":{"type":"object","properties":{"username":{"type":"string","description":"User's response"},
             "email":{"type":"string","description":"User's email address"}},"required":["username","email"]}}
            """,
        ["test_elicitation_sep1034_defaults"] = """
            {"message":"Defaults","requestedSchema":{"type":"object","properties":{"name":{"type":"string","default":"John Doe"},"age":{"type":"integer","default":30},
             "score":{"type":"number","default":95.5},"status":{"type":"string","enum":["active","inactive","pending"],"default":"active"},"verified":{"type":"boolean","default":true}}}}
            """,
        ["test_elicitation_sep1330_enums"] = """
            {"message":"Choices","requestedSchema":{"type":"object","properties":{
             "untitledSingle":{"type":"string","enum":["option1","option2","option3"]},
             "titledSingle":{"type":"string","oneOf":[{"const":"value1","title":"First Option"},{"const":"value2","title":"Second Option"},{"const":"value3","title":"Third Option"}]},
             "legacyEnum":{"type":"string","enum":["opt1","opt2","opt3"],"enumNames":["Option One","Option Two","Option Three"]},
             "untitledMulti":{"type":"array","items":{"type":"string","enum":["option1","option2","option3"]}},
             "titledMulti":{"type":"array","items":{"anyOf":[{"const":"value1","title":"First Choice"},{"const":"value2","title":"Second Choice"},{"const":"value3","title":"Third Choice"}]}}}}}
            """,
    };

    private static readonly string[] Working = ["test_tool_with_logging", "test_tool_with_progress", "test_sampling", "test_reconnection"];

    public JsonElement Capabilities { get; } = Read("""{"tools":{},"resources":{"subscribe":true},"prompts":{},"logging":{},"completions":{}}""");

    public async Task<JsonElement> AnswerAsync(McpCall call, CancellationToken cancellation) => call.Method switch
    {
        "tools/list" => Read($$"""{"tools":[{{string.Join(',', Results.Keys.Concat(Elicitations.Keys).Concat(Working).Select(ToTool))}}]}"""),
        "tools/call" => await CallAsync(call, cancellation),
        "resources/list" => Read("""
            {"resources":[{"uri":"test://static-text","name":"text","description":"A text","mimeType":"text/plain"},{"uri":"test://static-binary","name":"binary","description":"An image","mimeType":"image/png"},
             {"uri":"test://watched-resource","name":"watched","description":"One that changes","mimeType":"text/plain"}]}
            """),
        "resources/templates/list" => Read("""{"resourceTemplates":[{"uriTemplate":"test://template/{id}/data","name":"template","description":"By id","mimeType":"application/json"}]}"""),
        "resources/read" => Read(ToContents(Text(call, "uri"))),
        "resources/subscribe" or "resources/unsubscribe" or "logging/setLevel" => Read("{}"),
        "completion/complete" => Read("""{"completion":{"values":["test"],"total":1,"hasMore":false}}"""),
        "prompts/list" => Read("""
            {"prompts":[{"name":"test_simple_prompt","description":"Simple"},{"name":"test_prompt_with_image","description":"With an image"},
             {"name":"test_prompt_with_arguments","description":"With arguments","arguments":[{"name":"arg1","required":true},{"name":"arg2","required":true}]},
             {"name":"test_prompt_with_embedded_resource","description":"With a resource","arguments":[{"name":"resourceUri","required":true}]}]}
            """),
        "prompts/get" => ToPrompt(call),
        _ => throw new McpFault(McpFault.MethodNotFound, call.Method),
    };

    private static async Task<JsonElement> CallAsync(McpCall call, CancellationToken cancellation)
    {
        var name = Text(call, "name");
        if (Results.TryGetValue(name, out var result)) return Read(result);
        if (Elicitations.TryGetValue(name, out var asked))
        {
            var answer = await call.AskAsync("elicitation/create", Read(asked), cancellation);
            return Said($"User response: action={answer.GetProperty("action").GetString()}, content={(answer.TryGetProperty("content", out var content) ? content.GetRawText() : "null")}");
        }
        switch (name)
        {
            case "test_tool_with_logging":
                foreach (var text in (string[])["Tool execution started", "Tool processing data", "Tool execution completed"])
                    call.Notify("notifications/message", Read($$"""{"level":"info","data":"{{text}}"}"""));
                return Said("Logged.");
            case "test_tool_with_progress":
                foreach (var progress in (int[])[0, 50, 100])
                    call.Notify("notifications/progress", Read($$"""{"progressToken":{{call.Parameter("_meta")!.Value.GetProperty("progressToken").GetRawText()}},"progress":{{progress}},"total":100}"""));
                return Said("Done.");
            case "test_sampling":
                var sampled = await call.AskAsync("sampling/createMessage", Read(
                    $$"""{"messages":[{"role":"user","content":{"type":"text","text":{{Arguments(call).GetProperty("prompt").GetRawText()}} } }],"maxTokens":100}"""), cancellation);
                return Said($"LLM response: {sampled.GetProperty("content").GetProperty("text").GetString()}");
            case "test_reconnection":
                call.LetGo(TimeSpan.FromMilliseconds(100));
                return Said("Reconnected.");
            default:
                throw new McpFault(McpFault.InvalidParameters, $"unknown tool {name}");
        }
    }

    private static string ToTool(string name)
    {
        var schema = name != "json_schema_2020_12_tool" ? """{"type":"object","properties":{}}""" : """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
             "$defs":{"address":{"type":"object","properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
             "properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"}},"additionalProperties":false}
            """;
        return $$"""{"name":"{{name}}","description":"Tool {{name}} of the conformance suite","inputSchema":{{schema}} }""";
    }

    private static string ToContents(string uri) => uri switch
    {
        "test://static-binary" => $$"""{"contents":[{"uri":"{{uri}}","mimeType":"image/png","blob":"{{Pixel}}"}]}""",
        _ when uri.Split('/') is ["test:", "", "template", var id, "data"] =>
            $$"""{"contents":[{"uri":"{{uri}}","mimeType":"application/json","text":"{\"id\":\"{{id}}\",\"templateTest\":true,\"data\":\"Data for ID: {{id}}\"}"}] }""",
        _ => $$"""{"contents":[{"uri":"{{uri}}","mimeType":"text/plain","text":"This is the content of the static text resource."}]}""",
    };

    private static JsonElement ToPrompt(McpCall call)
    {
        string Argument(string name) => Arguments(call).GetProperty(name).GetString()!;
        var contents = Text(call, "name") switch
        {
            "test_prompt_with_arguments" => [$$"""{"type":"text","text":"Prompt with arguments: arg1='{{Argument("arg1")}}', arg2='{{Argument("arg2")}}'"}"""],
            "test_prompt_with_image" => [Image, """{"type":"text","text":"Please analyze the image above."}"""],
            "test_prompt_with_embedded_resource" =>
            [
                $$"""{"type":"resource","resource":{"uri":"{{Argument("resourceUri")}}","mimeType":"text/plain","text":"Embedded resource content for testing."} }""",
                """{"type":"text","text":"Please process the embedded resource above."}""",
            ],
            _ => (string[])["""{"type":"text","text":"This is a simple prompt for testing."}"""],
        };
        return Read($$"""{"messages":[{{string.Join(',', contents.Select(c => $$"""{"role":"user","content":{{c}} }"""))}}] }""");
    }

    private static JsonElement Said(string text) => Read(new JsonObject { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }) }.ToJsonString());

    private static string Text(McpCall call, string name) => call.Parameter(name)!.Value.GetString()!;

    private static JsonElement Arguments(McpCall call) => call.Parameter("arguments")!.Value;

    private static JsonElement Read(string json) => JsonElement.Parse(json);
}
