using System.Globalization;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Protocol;

namespace Appliance.Commands.Approvals;

/// <summary>
/// Puts what waits for a yes, and what the agent asks, before the person at the terminal, one after the other. What is answered elsewhere or
/// ends meanwhile is asked no more.
/// </summary>
/// <param name="client">The gateway.</param>
/// <param name="terminal">Where it is asked.</param>
/// <param name="person">Who answers.</param>
internal sealed class Asking(GatewayClient client, Terminal terminal, TypedLines person) : IAsyncDisposable
{
    private readonly Dictionary<string, CancellationTokenSource> _open = new(StringComparer.Ordinal);
    private Task _last = Task.CompletedTask;

    /// <summary>Hears what happens in the gateway.</summary>
    /// <param name="happened">An event.</param>
    /// <param name="runId">Only what this run asks is put before the person, of other approvals they are told; null for all.</param>
    public void Hear(GatewayEvent happened, string? runId = null)
    {
        var (name, row) = (happened.Name, happened.Payload);
        if (name is "exec.approval.resolved" or "plugin.approval.resolved" or "question.resolved")
        {
            if (row.Text("id") is { } ended && _open.Remove(ended, out var asked)) asked.Cancel();
            return;
        }
        if (name is not ("exec.approval.requested" or "plugin.approval.requested" or "question.requested")) return;
        var isQuestion = name == "question.requested";
        var run = isQuestion ? row.Text("runId") : row.Member("request").Text("runId");
        if (runId is null || run == runId) Ask(row, isQuestion);
        else if (!isQuestion) terminal.Note($"[something else waits for a yes: `appliance approvals show {row.Text("id")}`]");
    }

    /// <summary>Puts one before the person, after those before it.</summary>
    /// <param name="row">A row of <c>exec.approval.list</c>, <c>plugin.approval.list</c> or <c>question.list</c>.</param>
    /// <param name="isQuestion">True where it is a question with answers of its own.</param>
    public void Ask(JsonElement row, bool isQuestion)
    {
        if (row.Text("id") is not { } id || _open.ContainsKey(id)) return;
        var stop = _open[id] = new CancellationTokenSource();
        _last = AskAfterAsync(_last, id, row.Clone(), isQuestion, stop.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var asked in _open.Values) await asked.CancelAsync();
        await _last;
    }

    private async Task AskAfterAsync(Task before, string id, JsonElement row, bool isQuestion, CancellationToken stop)
    {
        await before;
        try
        {
            if (isQuestion) await AnswerAsync(id, row, stop);
            else await DecideAsync(id, row, stop);
        }
        catch (OperationCanceledException)
        {
            terminal.WriteLine("[no answer is needed any more]");
        }
        catch (GatewayClientException e)
        {
            terminal.Note(e.Message);
        }
    }

    private async Task DecideAsync(string id, JsonElement row, CancellationToken stop)
    {
        var request = row.Member("request");
        terminal.WriteLine();
        terminal.WriteLine(request.Text("command") is { } command ? $"The agent wants to run: {command}" : $"The agent wants to use {request.Text("title")}: {request.Text("detail") ?? request.Text("description")}");
        if (request.Text("cwd") is { } folder) terminal.WriteLine($"  in {folder}");
        if (request.Text("warningText") is { } warning) terminal.WriteLine($"  {warning}");
        var mayBeAlways = request.Texts("allowedDecisions").Contains("allow-always");
        string? decision = null;
        while (decision is null)
        {
            terminal.WritePiece(mayBeAlways ? "  [y] this once, [a] always, [n] no: " : "  [y] this once, [n] no: ");
            decision = (await person.ReadAsync(stop))?.Trim().ToLowerInvariant() switch
            {
                null or "n" or "no" => "deny",
                "y" or "yes" => "allow-once",
                "a" or "always" when mayBeAlways => "allow-always",
                _ => null,
            };
        }
        await client.RequestAsync("approval.resolve", to => to.Add("id", id).Add("kind", row.Text("approvalKind")).Add("decision", decision), CancellationToken.None);
    }

    private async Task AnswerAsync(string id, JsonElement row, CancellationToken stop)
    {
        var answers = new List<(string Item, string[] Given)>();
        foreach (var item in row.Items("questions"))
        {
            if (await AskItemAsync(item, stop) is not { } given)
            {
                await client.RequestAsync("question.resolve", to => to.Add("id", id).Add("cancel", true), CancellationToken.None);
                return;
            }
            answers.Add((item.Text("questionId")!, given));
        }
        await client.RequestAsync("question.resolve", to => to.Add("id", id).Raw("answers", FrameWriter.Payload(all => all.Raw("answers", FrameWriter.Payload(each =>
        {
            foreach (var (item, given) in answers) each.Add(item, given);
        })))), CancellationToken.None);
    }

    // Null where the person does not want to answer.
    private async Task<string[]?> AskItemAsync(JsonElement item, CancellationToken stop)
    {
        var options = item.Items("options").Select(option => (Label: option.Text("label")!, About: option.Text("description"))).ToArray();
        var (isMulti, isFree) = (item.Flag("multiSelect"), options.Length == 0 || item.Flag("isOther"));
        terminal.WriteLine();
        terminal.WriteLine(item.Text("question")!);
        for (var i = 0; i < options.Length; i++) terminal.WriteLine($"  [{i + 1}] {options[i].Label}{(options[i].About is { } about ? $": {about}" : "")}");
        while (true)
        {
            terminal.WritePiece($"  {(options.Length == 0 ? "Your answer" : isMulti ? "Numbers, with commas between" : isFree ? "A number, or your own answer" : "A number")}; nothing for no answer: ");
            if ((await person.ReadAsync(stop))?.Trim() is not { Length: > 0 } typed) return null;
            var numbers = typed.Split(',', StringSplitOptions.TrimEntries).Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).ToArray();
            if (options.Length > 0 && numbers.All(number => number >= 1 && number <= options.Length) && (isMulti || numbers.Length == 1)) return [.. numbers.Distinct().Select(number => options[number - 1].Label)];
            if (isFree) return [typed];
        }
    }
}
