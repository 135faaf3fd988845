using System.Text.Json;
using Models;
using Runtime.Canvas.A2ui;
using TestKit;

namespace Runtime.Tests.Canvas.A2ui;

/// <summary>Documents of A2UI 0.8: what is drawn of them, what is passed on, and what is refused.</summary>
public sealed class A2uiDocumentTests
{
    private const string Shopping =
        """
        {"surfaceUpdate":{"surfaceId":"s","components":[
        {"id":"root","component":{"Column":{"children":{"explicitList":["title","list","row"]},"distribution":"start","onload":"x"}}},
        {"id":"title","component":{"Text":{"text":{"path":"/title"},"usageHint":"h1"}}},
        {"id":"list","component":{"List":{"children":{"template":{"componentId":"card","dataBinding":"/items"}}}}},
        {"id":"card","component":{"Card":{"child":"name"}}},
        {"id":"name","component":{"Text":{"text":{"path":"name"}}}},
        {"id":"row","component":{"Row":{"children":{"explicitList":["pic","line","ok"]}}}},
        {"id":"pic","component":{"Image":{"url":{"literalString":"data:image/png;base64,AAAA"}}}},
        {"id":"line","component":{"Divider":{}}},
        {"id":"ok","component":{"Button":{"child":"okText","action":{"name":"buy","context":[{"key":"what","value":{"path":"/title"}}]},"href":"https://x"}}},
        {"id":"okText","component":{"Text":{"text":{"literalString":"Buy <now>"}}}}]}}
        {"dataModelUpdate":{"surfaceId":"s","contents":[{"key":"title","valueString":"<script>alert(1)</script>"},{"key":"items","valueMap":[{"key":"0","valueMap":[{"key":"name","valueString":"Milk & \"eggs\""}]},{"key":"1","valueMap":[{"key":"name","valueNumber":3.5}]}]}]}}
        {"beginRendering":{"surfaceId":"s","root":"root","styles":{"font":"x"}}}
        """;

    [Fact]
    public void ToHtml_WholeDocument_ShowsTextAsTextAndButtonsThatDoNothing()
    {
        var html = Parse(Shopping).ToHtml();
        Assert.Contains("<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>", html, StringComparison.Ordinal);
        Assert.Contains("<div class=\"k\"><p>Milk &amp; &quot;eggs&quot;</p></div><div class=\"k\"><p>3.5</p></div>", html, StringComparison.Ordinal);
        Assert.Contains("<img alt=\"\" src=\"data:image/png;base64,AAAA\"><hr><button disabled><p>Buy &lt;now&gt;</p></button>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", html, StringComparison.Ordinal);
    }

    [Fact]
    public void ToLines_WholeDocument_KeepsWhatWasUnderstoodAndNothingElse()
    {
        var lines = Parse(Shopping).ToLines();
        Assert.Equal(["surfaceUpdate", "dataModelUpdate", "beginRendering"], lines.Select(line => JsonElement.Parse(line).EnumerateObject().Single().Name));
        var all = string.Join('\n', lines);
        Assert.All(["onload", "href", "https", "styles", "font"], word => Assert.DoesNotContain(word, all, StringComparison.Ordinal));
        Assert.Contains("\"context\":[{\"key\":\"what\",\"value\":{\"path\":\"/title\"}}]", all, StringComparison.Ordinal);
        // What was passed on is a document again, and the same.
        Assert.Equal(Parse(all).ToHtml(), Parse(Shopping).ToHtml());
        Assert.Equal(lines, Parse(all).ToLines());
    }

    [Theory]
    [InlineData("", "no beginRendering")]
    [InlineData("not json", "line 1")]
    [InlineData("[]", "one message")]
    [InlineData("""{"createSurface":{"surfaceId":"s"}}""", "no message of A2UI 0.8")]
    [InlineData("""{"beginRendering":{"surfaceId":"s","root":"gone"}}""", "no component gone")]
    [InlineData("""{"beginRendering":{"surfaceId":"s"}}""", "root is missing")]
    [InlineData("""{"beginRendering":{"surfaceId":"<s>","root":"r"}}""", "surfaceId must be")]
    [InlineData("""{"surfaceUpdate":{"surfaceId":"s","components":[{"id":"r","component":{"WebView":{"url":"https://x"}}}]}}""", "WebView is not shown")]
    [InlineData("""{"surfaceUpdate":{"surfaceId":"s","components":[{"id":"r","component":{"Text":{}}}]}}""", "text is missing")]
    [InlineData("""{"surfaceUpdate":{"surfaceId":"s","components":[{"id":"r","component":{"Button":{"child":"r","action":{"name":"a b"}}}}]}}""", "name must be")]
    [InlineData("""{"dataModelUpdate":{"surfaceId":"s","contents":[{"key":"k"}]}}""", "has no value")]
    [InlineData("""{"surfaceUpdate":{"surfaceId":"s","components":[{"id":"r","component":{"Card":{"child":"r"}}}]}}|{"beginRendering":{"surfaceId":"s","root":"r"}}""", "contain themselves")]
    [InlineData("""{"surfaceUpdate":{"surfaceId":"s","components":[{"id":"r","component":{"Image":{"url":{"literalString":"https://evil/x.png"}}}}]}}|{"beginRendering":{"surfaceId":"s","root":"r"}}""", "in the document itself")]
    [InlineData("""{"surfaceUpdate":{"surfaceId":"s","components":[{"id":"r","component":{"Image":{"url":{"path":"/u"}}}}]}}|{"dataModelUpdate":{"surfaceId":"s","contents":[{"key":"u","valueString":"data:image/svg+xml;base64,AAAA"}]}}|{"beginRendering":{"surfaceId":"s","root":"r"}}""", "in the document itself")]
    [InlineData("""{"surfaceUpdate":{"surfaceId":"s","components":[{"id":"r","component":{"Image":{"url":{"literalString":"data:image/png;base64,AA\" onerror=x"}}}}]}}|{"beginRendering":{"surfaceId":"s","root":"r"}}""", "in the document itself")]
    public void Parse_WhatIsNoDocument_SaysWhatIsWrong(string lines, string expected)
    {
        var e = Assert.Throws<ModelException>(() => A2uiDocument.Parse(lines.Replace("|{", "\n{", StringComparison.Ordinal)));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TooMuchOfAnything_IsRefused()
    {
        const string show = """{"beginRendering":{"surfaceId":"s","root":"c0"}}""";
        string[] documents =
        [
            new string(' ', A2uiDocument.Longest + 1),
            string.Concat(Enumerable.Repeat("""{"deleteSurface":{"surfaceId":"s"}}""" + "\n", 65)),
            Update([.. Enumerable.Range(0, 20).Select(i => Component(i, "{\"Card\":{\"child\":\"c" + (i + 1) + "\"}}")), Component(20, Divider)]) + show,
            Update(Enumerable.Range(0, 401).Select(i => Component(i, Divider))),
            // Few components that would be very many.
            Update([.. Enumerable.Range(0, 12).Select(i => Component(i, "{\"Row\":{\"children\":{\"explicitList\":[" + string.Join(',', Enumerable.Repeat("\"c" + (i + 1) + "\"", 3)) + "]}}}")), Component(12, Divider)]) + show,
        ];
        Assert.All(documents, document => Assert.Throws<ModelException>(() => A2uiDocument.Parse(document)));
    }

    [Fact]
    public void Parse_MutatedDocuments_AreReadOrRefusedAndNeverShowMarkup()
    {
        var random = new SeededRandom(5);
        var whole = Joined(Shopping);
        var read = 0;
        for (var i = 0; i < 2000; i++)
        {
            var text = whole.ToCharArray().ToList();
            for (var n = random.Next(4); n >= 0; n--)
            {
                var at = random.Next(text.Count);
                if (random.Next(2) == 0) text.RemoveAt(at);
                else text[at] = "{}[]\",:<>&/\\0aZ\n"[random.Next(16)];
            }
            try
            {
                Assert.DoesNotContain("<script", A2uiDocument.Parse(string.Concat(text)).ToHtml(), StringComparison.OrdinalIgnoreCase);
                read++;
            }
            catch (ModelException)
            {
                // Refused, with the reason.
            }
        }
        Assert.True(read > 10);
    }

    private const string Divider = """{"Divider":{}}""";

    private static string Component(int i, string component) => "{\"id\":\"c" + i + "\",\"component\":" + component + "}";

    private static string Update(IEnumerable<string> components) => "{\"surfaceUpdate\":{\"surfaceId\":\"s\",\"components\":[" + string.Join(',', components) + "]}}\n";

    // One message a line; written over several here.
    private static string Joined(string text) => text.ReplaceLineEndings("\n").Replace("[\n", "[", StringComparison.Ordinal).Replace("},\n", "},", StringComparison.Ordinal);

    private static A2uiDocument Parse(string text) => A2uiDocument.Parse(Joined(text));
}
