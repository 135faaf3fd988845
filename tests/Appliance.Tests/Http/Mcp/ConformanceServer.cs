using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Appliance.Tests.Http.Mcp;

/// <summary>
/// What MCP's conformance suite expects a server to have (tools that ask back, resources, prompts): for the tests of our transport alone. The
/// product's own server has the agent's tools and nothing else.
/// </summary>
internal static class ConformanceServer
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

    public static McpServerOptions Describe() => new()
    {
        ServerInfo = new Implementation { Name = "conformance", Version = "1.0" },
        Capabilities = new ServerCapabilities
        {
            Tools = new(),
            Resources = new() { Subscribe = true },
            Prompts = new(),
            Logging = new(),
            Completions = new(),
        },
        Handlers = new McpServerHandlers
        {
            ListToolsHandler = (_, _) => Answer(new ListToolsResult { Tools = [.. Results.Keys.Concat(Elicitations.Keys).Concat(Working).Select(ToTool)] }),
            CallToolHandler = CallAsync,
            ListResourcesHandler = (_, _) => Answer(Read<ListResourcesResult>("""
                {"resources":[{"uri":"test://static-text","name":"text","description":"A text","mimeType":"text/plain"},{"uri":"test://static-binary","name":"binary","description":"An image","mimeType":"image/png"},
                 {"uri":"test://watched-resource","name":"watched","description":"One that changes","mimeType":"text/plain"}]}
                """)),
            ListResourceTemplatesHandler = (_, _) => Answer(Read<ListResourceTemplatesResult>(
                """{"resourceTemplates":[{"uriTemplate":"test://template/{id}/data","name":"template","description":"By id","mimeType":"application/json"}]}""")),
            ReadResourceHandler = (request, _) => Answer(Read<ReadResourceResult>(ToContents(request.Params!.Uri))),
            SubscribeToResourcesHandler = (_, _) => Answer(new EmptyResult()),
            UnsubscribeFromResourcesHandler = (_, _) => Answer(new EmptyResult()),
            SetLoggingLevelHandler = (_, _) => Answer(new EmptyResult()),
            CompleteHandler = (_, _) => Answer(Read<CompleteResult>("""{"completion":{"values":["test"],"total":1,"hasMore":false}}""")),
            ListPromptsHandler = (_, _) => Answer(Read<ListPromptsResult>("""
                {"prompts":[{"name":"test_simple_prompt","description":"Simple"},{"name":"test_prompt_with_image","description":"With an image"},
                 {"name":"test_prompt_with_arguments","description":"With arguments","arguments":[{"name":"arg1","required":true},{"name":"arg2","required":true}]},
                 {"name":"test_prompt_with_embedded_resource","description":"With a resource","arguments":[{"name":"resourceUri","required":true}]}]}
                """)),
            GetPromptHandler = (request, _) => Answer(ToPrompt(request.Params!)),
        },
    };

    private static async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellation)
    {
        var call = request.Params!;
        if (Results.TryGetValue(call.Name, out var result)) return Read<CallToolResult>(result);
        if (Elicitations.TryGetValue(call.Name, out var asked))
        {
            var answer = await request.Server.ElicitAsync(Read<ElicitRequestParams>(asked), cancellation);
            return Text($"User response: action={answer.Action}, content={JsonSerializer.Serialize(answer.Content)}");
        }
        switch (call.Name)
        {
            case "test_tool_with_logging":
                foreach (var text in (string[])["Tool execution started", "Tool processing data", "Tool execution completed"])
                {
                    await request.Server.SendNotificationAsync(
                        "notifications/message", new JsonObject { ["level"] = "info", ["data"] = text }, McpJsonUtilities.DefaultOptions, cancellation);
                }
                return Text("Logged.");
            case "test_tool_with_progress":
                foreach (var progress in (int[])[0, 50, 100])
                    await request.Server.NotifyProgressAsync(call.ProgressToken!.Value, new ProgressNotificationValue { Progress = progress, Total = 100 }, cancellationToken: cancellation);
                return Text("Done.");
            case "test_sampling":
                var sampled = await request.Server.SampleAsync(Read<CreateMessageRequestParams>(
                    $$"""{"messages":[{"role":"user","content":{"type":"text","text":{{call.Arguments!["prompt"].GetRawText()}} } }],"maxTokens":100}"""), cancellation);
                return Text($"LLM response: {sampled.Content.OfType<TextContentBlock>().First().Text}");
            case "test_reconnection":
                await request.EnablePollingAsync(TimeSpan.FromMilliseconds(100), cancellation);
                return Text("Reconnected.");
            default:
                throw new McpProtocolException($"unknown tool {call.Name}", McpErrorCode.InvalidParams);
        }
    }

    private static Tool ToTool(string name) => new()
    {
        Name = name,
        Description = $"Tool {name} of the conformance suite",
        InputSchema = JsonElement.Parse(name != "json_schema_2020_12_tool" ? """{"type":"object","properties":{}}""" : """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
             "$defs":{"address":{"type":"object","properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
             "properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"}},"additionalProperties":false}
            """),
    };

    private static string ToContents(string uri) => uri switch
    {
        "test://static-binary" => $$"""{"contents":[{"uri":"{{uri}}","mimeType":"image/png","blob":"{{Pixel}}"}]}""",
        _ when uri.Split('/') is ["test:", "", "template", var id, "data"] =>
            $$"""{"contents":[{"uri":"{{uri}}","mimeType":"application/json","text":"{\"id\":\"{{id}}\",\"templateTest\":true,\"data\":\"Data for ID: {{id}}\"}"}] }""",
        _ => $$"""{"contents":[{"uri":"{{uri}}","mimeType":"text/plain","text":"This is the content of the static text resource."}]}""",
    };

    private static GetPromptResult ToPrompt(GetPromptRequestParams asked)
    {
        string Argument(string name) => asked.Arguments![name].GetString()!;
        var contents = asked.Name switch
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
        return Read<GetPromptResult>($$"""{"messages":[{{string.Join(',', contents.Select(c => $$"""{"role":"user","content":{{c}} }"""))}}] }""");
    }

    private static CallToolResult Text(string text) => new() { Content = [new TextContentBlock { Text = text }] };

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, McpJsonUtilities.DefaultOptions)!;

    private static ValueTask<T> Answer<T>(T result) => ValueTask.FromResult(result);
}
