using System.CommandLine;
using System.Text.Json;
using Appliance.Gateway;
using Eval;
using Eval.Talking;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Import;
using Models.Store;
using Runtime.Agents;

// `./build.sh eval`: what the built-in model does with questions that it never learnt from, through the product's own engine. Prints the
// tables that docs/model.md has.
var folder = new Argument<string>("folder") { HelpName = "FOLDER", Description = "The model: safetensors, or ONNX in GenAI's layout." };
var sets = new Option<string[]>("--set") { HelpName = "FILE", Description = "Questions of ours, a JSON object a line.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
var talk = new Option<string[]>("--talk") { HelpName = "FILE", Description = "Conversations of ours, to be held with the whole program.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
var bfcl = new Option<string?>("--bfcl") { HelpName = "FOLDER", Description = "The files of the Berkeley Function-Calling Leaderboard." };
var quantize = new Option<string>("--quantize") { Description = "What the weights become: int8 as in the program, int4 or none.", DefaultValueFactory = _ => "int8" };
var wrong = new Option<string?>("--wrong") { HelpName = "FILE", Description = "Where the questions go whose answers were wrong, with the answers; none of sets named …-sealed.jsonl, which are only measured with." };
var most = new Option<int?>("--most") { HelpName = "N", Description = "Ask so many of each set at most, spread over it." };
var root = new RootCommand("Examines a model that uses this box's tools.") { folder, sets, talk, bfcl, quantize, wrong, most };
root.SetAction(async parsed =>
{
    var home = Directory.CreateTempSubdirectory("eval-").FullName;
    try
    {
        var source = parsed.GetValue(folder)!;
        var isOnnx = File.Exists(Path.Combine(source, GenAiConfig.FileName));
        var store = new ModelStore(home);
        var how = new ImportOptions { Quantization = isOnnx ? Quantization.Auto : Enum.Parse<Quantization>(parsed.GetValue(quantize)!, ignoreCase: true) };
        store.Import(source, "model", how);
        using var host = new ModelHost(store, new EngineOptions());
        var (client, manifest) = (await host.GetChatClientAsync("model"), store.Get("model").Manifest);
        Console.WriteLine($"{manifest.Parameters:N0} parameters, {manifest.Quantization}, {manifest.Files.Sum(file => file.Size):N0} bytes\n");

        var agents = new AgentBook(home, [], TimeProvider.System);
        var tools = GatewayTools.ToShow(agents, home).All.ToDictionary(tool => tool.Name, tool => (AIFunctionDeclaration)tool);
        var (log, gate) = (parsed.GetValue(wrong) is { } path ? new StreamWriter(path) : null, new Lock());
        IReadOnlyList<string> known = [];
        foreach (var set in parsed.GetValue(sets)!)
        {
            var questions = Thin(QuestionFile.Read(set, tools.GetValueOrDefault));
            if (questions.MaxBy(question => question.Tools.Count) is { } richest && richest.Tools.Count > known.Count) known = [.. richest.Tools.Select(tool => tool.Name)];
            Tables.Write(Console.Out, Path.GetFileName(set), await AskAsync(questions, LogOf(set)));
        }
        foreach (var file in parsed.GetValue(talk)!) Tables.WriteTalks(Console.Out, Path.GetFileName(file), await HoldAsync(Talk.Read(file), LogOf(file)));
        if (parsed.GetValue(bfcl) is { } berkeley && Directory.Exists(berkeley))
        {
            IReadOnlyList<AIFunctionDeclaration> ours = [.. (known.Count > 0 ? known : [.. tools.Keys]).Select(name => tools[name])];
            Tables.WriteBfcl(Console.Out, await AskAsync(Thin(Bfcl.Irrelevance(berkeley, ours)), log), await AskAsync(Thin(Bfcl.Simple(berkeley)), log));
        }
        else Console.WriteLine("The Berkeley Function-Calling Leaderboard's files are not here: left out.");
        if (log is not null) await log.DisposeAsync();

        Task<IReadOnlyList<(Question Question, Judgement Judgement)>> AskAsync(IReadOnlyList<Question> questions, StreamWriter? to) => Examination.AskAsync(client, questions, to is null ? null : (question, answer) =>
        {
            lock (gate) to.WriteLine(Line(question, answer));
        });

        async Task<IReadOnlyList<(string, IReadOnlyList<Outcome>)>> HoldAsync(IReadOnlyList<Talk> talks, StreamWriter? to)
        {
            var all = new List<(string, IReadOnlyList<Outcome>)>();
            foreach (var held in talks)
            {
                var place = Directory.CreateTempSubdirectory("talk-").FullName;
                new ModelStore(place).Import(source, "model", how);
                try { all.Add((held.Name, await Conversations.HoldAsync(held, place, (exchange, reply, fault) => to?.WriteLine(Row(held, exchange, reply, fault))))); }
                finally { Directory.Delete(place, recursive: true); }
            }
            return all;
        }

        StreamWriter? LogOf(string file) => Path.GetFileNameWithoutExtension(file).EndsWith("-sealed", StringComparison.Ordinal) ? null : log;

        IReadOnlyList<Question> Thin(IReadOnlyList<Question> questions) =>
            parsed.GetValue(most) is { } n && n < questions.Count ? [.. Enumerable.Range(0, n).Select(i => questions[(int)((long)i * questions.Count / n)])] : questions;
    }
    finally
    {
        Directory.Delete(home, recursive: true);
    }
});
return await root.Parse(args).InvokeAsync();

static string Line(Question question, ChatMessage answer) =>
    $"{question.Topic}\t{question.Expected}\t{question.Tool}\t{JsonSerializer.Serialize(question.Messages[^1].Text)}\t" +
    string.Join(' ', answer.Contents.Select(content => content is FunctionCallContent call ? $"{call.Name} {JsonSerializer.Serialize(call.Arguments)}" : content is ErrorContent error ? $"ERROR {error.Message}" : JsonSerializer.Serialize($"{content}")));

static string Row(Talk talk, Exchange exchange, BoxReply reply, string fault) =>
    $"{talk.Name}\t{JsonSerializer.Serialize(exchange.Say)}\t{string.Join(' ', reply.Calls.Select(call => $"{call.Name} {call.Arguments}"))}\t{JsonSerializer.Serialize(reply.Results)}\t{(reply.IsReflex ? "reflex " : "")}{JsonSerializer.Serialize(reply.Text)}\t{fault}";
