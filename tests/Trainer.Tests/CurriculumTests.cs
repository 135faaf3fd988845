using System.Text.Json;
using System.Text.Json.Nodes;
using Models.Tokens;
using Runtime.Schedule.Jobs;
using Runtime.Tools.Calc;
using Trainer.Curriculum;
using Trainer.Curriculum.Dialogues;
using Trainer.Curriculum.Grammars;
using Trainer.Curriculum.Slots;
using Trainer.Examination;

namespace Trainer.Tests;

public sealed class CurriculumTests
{
    private static readonly DialogueMaker Maker = new(Grammar.BuiltIn);

    // What each tool takes, as the product's schemas say it.
    private static readonly Dictionary<string, string[]> Arguments = new()
    {
        ["time"] = [],
        ["calc"] = ["expression"],
        ["cron"] = ["action", "when", "text", "id"],
        ["list"] = ["action", "list", "item"],
        ["memory_search"] = ["query"],
        ["memory_write"] = ["text"],
        ["memory_forget"] = ["text"],
        ["device_status"] = ["network"],
        ["pin"] = ["action", "name", "value"],
        ["sensor"] = ["name"],
        ["read"] = ["path"],
        ["ls"] = ["path"],
        ["write"] = ["path", "content"],
        ["find"] = ["name"],
        ["web_search"] = ["query"],
        ["web_fetch"] = ["url"],
        ["models"] = ["action", "name"],
        ["exec"] = ["command"],
    };

    [Fact]
    public void Next_OfTheSameSeed_IsTheSame()
    {
        var (one, other) = (new Random(5), new Random(5));
        for (var i = 0; i < 200; i++) Assert.Equal(Prompt.Pieces(Maker.Next(one)), Prompt.Pieces(Maker.Next(other)));
    }

    [Fact]
    public void Next_OfManySeeds_IsWellFormed()
    {
        var random = new Random(6);
        for (var i = 0; i < 3000; i++)
        {
            var dialogue = Maker.Next(random);
            Assert.Equal("user", dialogue.Turns[0].Role);
            Assert.Equal("assistant", dialogue.Turns[^1].Role);
            foreach (var (turn, before) in dialogue.Turns.Skip(1).Zip(dialogue.Turns))
                Assert.True(turn.Role == "assistant" ? before.Role is "user" or "tool" : turn.Role == "tool" ? before.Call is not null : before is { Role: "assistant", Call: null });
            foreach (var turn in dialogue.Turns)
            {
                Assert.DoesNotContain(turn.Content ?? "", c => c is >= '\uE000' and <= '\uE010');
                if (turn.Call is { } call) IsWellFormed(call, dialogue.Tools);
                else Assert.NotEqual("", turn.Content);
            }
        }
    }

    [Fact]
    public void Next_ThatCopiesAnArgument_HasItInWhatWasSaid()
    {
        // These are the person's own words; a path, a name, a text. Who begins a message with one may write it large.
        string[] copied = ["path", "content", "text", "query", "url", "name"];
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var dialogue = Maker.Next(random);
            var said = string.Join('\n', dialogue.Turns.Select(turn => turn.Content));
            foreach (var (name, value, _) in dialogue.Turns.Where(turn => turn.Call is { Tool: not ("cron" or "sensor" or "pin" or "find") }).SelectMany(turn => turn.Call!.Arguments).Where(a => copied.Contains(a.Name)))
                Assert.True(said.Contains(value, StringComparison.Ordinal) || dialogue.Turns.Any(turn => turn.Content is { Length: > 0 } text && (char.ToLowerInvariant(text[0]) + text[1..]).StartsWith(value, StringComparison.Ordinal)), $"{name} {value} is not in: {said}");
        }
    }

    [Fact]
    public void Next_ThatCallsCronOrCalc_SaysWhatTheBoxUnderstands()
    {
        var random = new Random(11);
        var count = 0;
        for (var i = 0; i < 6000; i++)
        {
            foreach (var call in Maker.Next(random).Turns.Select(turn => turn.Call).OfType<ToolCall>())
            {
                if (call.Arguments.FirstOrDefault(a => a.Name == "when") is { Value: { } when }) Assert.NotNull(JobWhen.Parse(when, "Europe/Berlin", DateTimeOffset.UnixEpoch));
                else if (call.Tool == "calc") Assert.NotEqual("", Calculator.Calculate(call.Arguments[0].Value));
                else continue;
                count++;
            }
        }
        Assert.True(count > 800, $"{count} calls");
    }

    // "The", "some" and "my" are the sentence's, and quotation marks stand around an item: they are no part of what goes on a list, or off it.
    [Fact]
    public void Next_ThatChangesAList_HasItemsWithoutTheSentencesWords()
    {
        var (random, count) = (new Random(5), 0);
        for (var i = 0; i < 6000; i++)
        {
            foreach (var call in Maker.Next(random).Turns.Select(turn => turn.Call).OfType<ToolCall>().Where(call => call.Tool == "list" && !call.Arguments.Any(a => a.Value is "todo" or "notes")))
            {
                foreach (var item in call.Arguments.Where(a => a.Name == "item").SelectMany(a => a.Value.Split(", ")))
                {
                    Assert.False(item.Split(' ')[0] is "the" or "some" or "any" or "more" or "another" or "my" or "our", item);
                    Assert.DoesNotContain('"', item);
                    count++;
                }
            }
        }
        Assert.True(count > 400, $"{count} items");
    }

    // Each is what a person might say: the first that the generator makes of that wording has that value.
    [Theory]
    [InlineData("dur", "an hour and a quarter", "75m")]
    [InlineData("dur", "six and a half minutes", "390s")]
    [InlineData("dur", "two and a half hours", "150m")]
    [InlineData("dur", "three quarters of an hour", "45m")]
    [InlineData("dur", "1h30", "90m")]
    [InlineData("dur", "1 hr 15 min", "75m")]
    [InlineData("dur", "two weeks", "14d")]
    [InlineData("dur", "12 weeks", "84d")]
    [InlineData("dur", "8 minutes and 5 seconds", "485s")]
    [InlineData("clock", "quarter to seven in the evening", "18:45")]
    [InlineData("clock", "half past eight in the evening", "20:30")]
    [InlineData("clock", "eleven at night", "23:00")]
    [InlineData("clock", "two at night", "02:00")]
    [InlineData("clock", "half past six", "06:30")]
    [InlineData("clock", "ten to nine", "08:50")]
    [InlineData("clock", "noon", "12:00")]
    [InlineData("clock", "midnight", "00:00")]
    [InlineData("clock", "7 pm", "19:00")]
    [InlineData("clock", "7.30", "07:30")]
    [InlineData("clock", "0730", "07:30")]
    [InlineData("clock", "ten to midnight", "23:50")]
    [InlineData("at", "on friday at noon", "friday 12:00")]
    [InlineData("at", "next Friday", "friday 09:00")]
    [InlineData("at", "tomorrow morning at 8", "tomorrow 08:00")]
    [InlineData("at", "the day after tomorrow", "in 2d")]
    [InlineData("at", "tonight at half past eight", "at 20:30")]
    [InlineData("at", "at noon on the 3rd", "3rd 12:00")]
    [InlineData("every", "every other hour", "every 2h")]
    [InlineData("daily", "every evening at 8", "0 20 * * *")]
    [InlineData("daily", "every Sunday evening", "0 18 * * 0")]
    [InlineData("daily", "every weekday at noon", "0 12 * * 1-5")]
    [InlineData("daily", "every weekend", "0 9 * * 0,6")]
    public void Value_OfATime_IsWhatItSays(string slot, string said, string expected)
    {
        var (make, scope) = (SlotTable.Makers[slot], new Scope(Grammar.BuiltIn, new Random(5), isHeldOut: false));
        for (var i = 0; i < 2_000_000; i++)
        {
            var value = make(scope);
            if (value.Said != said) continue;
            Assert.Equal(expected, value.In("arg"));
            return;
        }
        Assert.Fail($"Nobody says \"{said}\".");
    }

    [Fact]
    public void Pieces_OfADialogue_AreWhatTheChatTemplateWrites()
    {
        var template = ChatTemplate.Parse(File.ReadAllText(Path.Combine(Repository(), "tools", "Trainer", "Curriculum", "chat_template.jinja")));
        var random = new Random(10);
        for (var i = 0; i < 300; i++)
        {
            var dialogue = Maker.Next(random);
            var messages = new JsonArray([.. dialogue.Turns.Select(turn => (JsonNode)new JsonObject
            {
                ["role"] = turn.Role,
                ["content"] = turn.Content ?? "",
                ["tool_calls"] = turn.Call is { } call ? new JsonArray(new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = call.Tool, ["arguments"] = JsonNode.Parse(call.ArgumentsJson()) } }) : null,
            })]);
            messages.Insert(0, new JsonObject { ["role"] = "system", ["content"] = "Instructions that it could not follow." });
            var tools = new JsonArray([.. dialogue.Tools.Select(tool => (JsonNode)new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = tool, ["description"] = "", ["parameters"] = new JsonObject() } })]);
            var written = template.Render(new JsonObject { ["messages"] = messages, ["tools"] = dialogue.Tools.Count > 0 ? tools : null, ["add_generation_prompt"] = false });
            Assert.Equal(string.Concat(Prompt.Pieces(dialogue).Select(piece => piece.Text)) + "\n", written);
        }
    }

    [Fact]
    public void Answers_OfACall_TellOnlyWhatWasSaidOrFound()
    {
        // What follows something may tell of what that had.
        var wrong = Grammar.BuiltIn.Intents.Where(intent => intent is { Tool: not null, After.Count: 0 }).SelectMany(intent =>
        {
            var known = intent.Arguments.Concat(intent.SecondArguments).Select(argument => argument.Value)
                .Concat(intent.Said.Concat(intent.Results).Concat(intent.SecondResults).Select(line => line.Phrase)).SelectMany(Slots).ToHashSet();
            return intent.Answers.Where(answer => !Slots(answer.Phrase).All(known.Contains)).Select(answer => $"{intent.Name}: {answer.Text}");
        });
        Assert.Empty(wrong);
    }

    // Those of rules are not looked for: an answer tells values by their names.
    private static IEnumerable<string> Slots(Phrase phrase) => phrase switch
    {
        Phrase.Slot slot => [slot.Name],
        Phrase.Sequence sequence => sequence.Parts.SelectMany(Slots),
        Phrase.Choice choice => choice.Ways.SelectMany(Slots),
        _ => [],
    };

    [Fact]
    public void HeldOutLines_AreNeverLearnt()
    {
        // A scope for learning never takes them; what it uses of them it counts.
        var random = new Random(8);
        foreach (var intent in Grammar.BuiltIn.Intents)
        {
            var scope = new Scope(Grammar.BuiltIn, random, isHeldOut: false);
            for (var i = 0; i < 20; i++)
            {
                scope.OneOf(intent.Said);
                scope.OneOf(intent.Incomplete);
            }
            Assert.Equal(0, scope.HeldOutUsed);
        }
        Assert.InRange(Grammar.BuiltIn.Intents.Sum(intent => intent.Said.Count(line => line.IsHeldOut)) / (double)Grammar.BuiltIn.Intents.Sum(intent => intent.Said.Count), 0.01, 0.023);
    }

    [Fact]
    public void Examination_OfEachIntent_UsesHeldOutWordsAndReadsBack()
    {
        var cases = CurriculumCommand.Examination(Maker, 9, 2).ToArray();
        Assert.True(cases.Length > 200, $"{cases.Length} cases");
        foreach (var one in cases)
        {
            Assert.Equal("user", one.Turns[^1].Role);
            Assert.Equal(one.Expect == "call", one.Call is not null);
            if (one.Call is { } call) IsWellFormed(call, one.Tools);
            var read = ExamCase.Parse(CurriculumCommand.CaseLine(one));
            Assert.EndsWith($"{one.Turns[^1].Content}<|im_end|>\n<|im_start|>assistant\n", read.Prompt, StringComparison.Ordinal);
            if (read.Call is { } expected) Assert.Equal((true, true), read.Judge(expected));
            Assert.Equal((false, false), read.Judge("<tool_call>\n{\"name\": \"nothing\", \"arguments\": {}}\n</tool_call>"));
        }
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Appliance.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private static void IsWellFormed(ToolCall call, IReadOnlyList<string> tools)
    {
        Assert.Contains(call.Tool, tools);
        using var document = JsonDocument.Parse(call.ToHermes());
        var names = document.RootElement.GetProperty("arguments").EnumerateObject().Select(a => a.Name).ToArray();
        Assert.Equal(Arguments[call.Tool].Where(names.Contains), names);
        foreach (var argument in document.RootElement.GetProperty("arguments").EnumerateObject())
            Assert.True(argument.Value.ValueKind != JsonValueKind.String || argument.Value.GetString()!.Length > 0, call.ToHermes());
    }
}
