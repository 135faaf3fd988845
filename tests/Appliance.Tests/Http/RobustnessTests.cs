using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Appliance.Tests.Http;

/// <summary>Whatever comes in: an answer below 500, and no fault the server would call a bug.</summary>
public sealed class RobustnessTests : IAsyncLifetime
{
    private static readonly (string Path, string Body)[] Valid =
    [
        ("/v1/chat/completions", """
            {"model":"tiny","messages":[{"role":"system","content":"Sé"},{"role":"user","content":[{"type":"text","text":"a\u00e9"}]},
             {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]},
             {"role":"tool","tool_call_id":"1","content":"2"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
             "tool_choice":"auto","response_format":{"type":"text"},"max_tokens":3,"temperature":0.5,"top_p":1,"stop":["x","y"],"seed":1,
             "logit_bias":{"5":1.5},"stream":true,"stream_options":{"include_usage":true},"chat_template_kwargs":{"a":[null,true]}}
            """),
        ("/v1/completions", """{"model":"tiny","prompt":["a","\u00e9"],"echo":true,"max_tokens":2,"stop":"x","logit_bias":{"7":-1},"n":1}"""),
        ("/v1/completions", """{"model":"tiny","prompt":[[1,50],[60]],"stream":true}"""),
        ("/api/chat", """
            {"model":"tiny","messages":[{"role":"user","content":"x","images":[]},{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]}],
             "options":{"temperature":0.1,"num_predict":2,"stop":["q"],"seed":3},"keep_alive":"5m","format":"","stream":false}
            """),
        ("/api/generate", """{"model":"tiny","prompt":"x","system":"y","raw":false,"options":{"top_k":1,"min_p":0.1},"context":[],"keep_alive":-1}"""),
        ("/v1/messages", """
            {"model":"tiny","max_tokens":3,"system":[{"type":"text","text":"S\u00e9"}],"messages":[{"role":"user","content":[{"type":"text","text":"a"}]},
             {"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":"y"},{"type":"tool_use","id":"1","name":"f","input":{"x":1}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","is_error":true,"content":[{"type":"text","text":"2"}]}]}],
             "tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"auto"},"stop_sequences":["q"],"top_k":3,"thinking":{"type":"disabled"},
             "output_config":{"format":null},"stream":true}
            """),
        ("/v1/messages/count_tokens", """{"model":"tiny","messages":[{"role":"user","content":"x"}],"tools":[{"name":"f","input_schema":{"type":"object"}}]}"""),
        ("/v1/responses", """
            {"model":"tiny","instructions":"S\u00e9","max_output_tokens":3,"input":[{"role":"user","content":[{"type":"input_text","text":"a"}]},
             {"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"x"}]},{"role":"assistant","content":"y"},
             {"type":"function_call","call_id":"1","name":"f","arguments":"{\"x\":1}"},{"type":"function_call_output","call_id":"1","output":"2"}],
             "tools":[{"type":"function","name":"f","parameters":{"type":"object"}}],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"name":"f"}]},
             "text":{"format":{"type":"text"}},"reasoning":{"effort":"low"},"metadata":{"a":"b"},"stream":true}
            """),
        ("/v1/responses", """{"model":"tiny","input":"x","previous_response_id":null,"store":false,"max_output_tokens":1}"""),
        ("/api/show", """{"model":"tiny","verbose":true}"""),
        ("/v1/embeddings", """{"model":"hash-1024","input":["a","\u00e9"],"encoding_format":"base64","dimensions":7}"""),
        ("/v1/embeddings", """{"input":[[1,50],[60]],"user":"x"}"""),
        ("/v1/rerank", """{"model":"hash-1024","query":"a","documents":["b",{"text":"\u00e9"}],"top_n":1,"return_documents":true}"""),
        ("/api/embed", """{"model":"hash-1024","input":["a","\u00e9"],"truncate":true,"dimensions":7}"""),
        ("/api/embeddings", """{"model":"hash-1024","prompt":"a"}"""),
    ];

    // Pieces that make JSON almost right.
    private static readonly string[] Pieces =
        ["{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "-1", "1e999", "99999999999999999999", "0.1", "\"\\ud800\"", "\"\"", "[]", "{}", "\u0000", " "];

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public void Post_MutatedBody_IsNeverAServerError()
    {
        var mutated =
            from request in Gen.Elements(Valid)
            from edits in Gen.Choose(1, 4)
            from body in Mutations(Encoding.UTF8.GetBytes(request.Body), edits)
            select (request.Path, Body: body);

        Check(mutated, 1500);
    }

    [Fact]
    public void Post_ValueReplaced_IsNeverAServerError()
    {
        // Well-formed, but with the wrong kind of value somewhere.
        var replaced =
            from request in Gen.Elements(Valid)
            from value in Gen.Elements("null", "true", "-1", "1.5", "1e999", "99999999999999999999", "\"\\udc00\"", "\"x\"", "[]", "{}", "[null]", "[[]]", "{\"type\":null}")
            from at in Gen.Choose(0, int.MaxValue)
            select (request.Path, Body: Encoding.UTF8.GetBytes(ReplaceValue(request.Body, value, at)));

        Check(replaced, 1500);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(100_000)]
    public async Task Post_DeepNesting_IsRefused(int depth)
    {
        foreach (var field in (string[])["messages", "prompt", "tools", "chat_template_kwargs", "options", "unknown"])
        {
            foreach (var path in Valid.Select(v => v.Path).Distinct())
            {
                using var response = await _host.PostAsync(path, $$"""{"model":"tiny","{{field}}":{{new string('[', depth)}}{{new string(']', depth)}}}""");
                Assert.InRange((int)response.StatusCode, 400, 404);
            }
        }
        Assert.Empty(_host.Bugs);
    }

    [Fact]
    public async Task Post_NotUtf8_IsRefused()
    {
        byte[] body = [.. """{"model":"tiny","messages":[{"role":"user","content":" """u8, 0xC3, 0x28, .. "\"}]}"u8];
        using var response = await _host.PostAsync("/v1/chat/completions", body);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("UTF-8", await response.Content.ReadAsStringAsync());
    }

    private void Check(Gen<(string Path, byte[] Body)> requests, int count) =>
        Prop.ForAll(requests.ToArbitrary(), request =>
        {
            using var response = _host.PostAsync(request.Path, request.Body).GetAwaiter().GetResult();
            return ((int)response.StatusCode < 500 && _host.Bugs.IsEmpty)
                .Label($"{(int)response.StatusCode} for {request.Path} {Encoding.UTF8.GetString(request.Body)} {_host.Bugs.FirstOrDefault()}");
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(count));

    private static Gen<byte[]> Mutations(byte[] body, int edits)
    {
        if (edits == 0) return Gen.Constant(body);
        var edited =
            from kind in Gen.Choose(0, 3)
            from at in Gen.Choose(0, Math.Max(0, body.Length - 1))
            from value in Gen.Choose(0, 255)
            from piece in Gen.Elements(Pieces)
            select kind switch
            {
                _ when body.Length == 0 => body,
                0 => [.. body[..at], (byte)value, .. body[(at + 1)..]],
                1 => body[..at],
                2 => [.. body[..at], .. body[(at + 1)..]],
                _ => (byte[])[.. body[..at], .. Encoding.UTF8.GetBytes(piece), .. body[at..]],
            };
        return edited.SelectMany(b => Mutations(b, edits - 1));
    }

    /// <summary>Puts <paramref name="value"/> in the place of the value after one of the colons.</summary>
    private static string ReplaceValue(string body, string value, int at)
    {
        var colons = Enumerable.Range(0, body.Length).Where(i => body[i] == ':' && body[i - 1] == '"').ToArray();
        var start = colons[at % colons.Length] + 1;
        var depth = 0;
        var inString = false;
        var end = start;
        for (; end < body.Length; end++)
        {
            var c = body[end];
            if (c == '"' && body[end - 1] != '\\') inString = !inString;
            if (inString) continue;
            if (c is '{' or '[') depth++;
            if ((c is ',' && depth == 0) || (c is '}' or ']' && --depth < 0)) break;
        }
        return body[..start] + value + body[end..];
    }
}
