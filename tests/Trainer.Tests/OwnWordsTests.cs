using System.Text.Json.Nodes;
using TestKit;
using Trainer.Tokenizing;

namespace Trainer.Tests;

public sealed class OwnWordsTests
{
    [Fact]
    public void Of_Answers_AreWhatNobodySaidBefore()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "examples.jsonl");
        // A call says nothing, a number is never its own, a first letter may be large, and what comes seldom is not there.
        const string Example = """
            [{"text":"<|im_start|>user\nput Tea on it<|im_end|>\n<|im_start|>assistant\n"},{"text":"<tool_call>\n{\"name\": \"list\"}\n</tool_call><|im_end|>","learn":true},
            {"text":"<|im_start|>user\nAdded 7<|im_end|>\n<|im_start|>assistant\n"},{"text":"Tea isn't there: 90 added, on 4ever.<|im_end|>","learn":true}]
            """;
        File.WriteAllLines(file, [.. Enumerable.Repeat(Example.ReplaceLineEndings(""), 3), """[{"text":"hello"},{"text":"goodbye","learn":true}]"""]);

        Assert.Equal(["isn", "t", "there"], OwnWords.Of(file));
    }

    [Fact]
    public void Write_IntoAConfigThatTellsOfCalls_LeavesTheRest()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokenizer_config.json");
        File.WriteAllText(path, """{"chat_template":"ä <b>","tool_calls":{"begin":"<tool_call>","words":"old"}}""");

        OwnWords.Write(folder.Path, ["at", "on"]);
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.Equal(("ä <b>", "<tool_call>", "at on"), ((string?)config["chat_template"], (string?)config["tool_calls"]!["begin"], (string?)config["tool_calls"]!["words"]));

        File.WriteAllText(path, "{}");
        Assert.Throws<InvalidDataException>(() => OwnWords.Write(folder.Path, []));
    }
}
