using Models;

namespace Appliance.Commands.Chat;

/// <summary>A conversation in the terminal, whoever answers. Ctrl-C stops the answer and not the program.</summary>
internal static class Dialogue
{
    /// <summary>What can be typed.</summary>
    public const string Help = "/clear forgets the conversation, /bye or Ctrl-D leaves, Ctrl-C stops an answer.";

    /// <summary>Talks until the person leaves.</summary>
    /// <param name="partner">Who answers, for the first line.</param>
    /// <param name="answer">Writes the answer to a line.</param>
    /// <param name="clear">Forgets the conversation.</param>
    public static async Task<int> RunAsync(string partner, Func<string, CancellationToken, Task> answer, Func<Task> clear)
    {
        var interactive = !Console.IsInputRedirected;
        if (interactive) Console.Out.WriteLine($"{partner}. {Help}");

        // Ctrl-C stops the answer that streams; at the prompt there is nothing to stop, and it only says how to leave.
        CancellationTokenSource? answering = null;
        Interrupts.Ask(() =>
        {
            if (Volatile.Read(ref answering) is { } running) running.Cancel();
            else if (interactive) Console.Out.Write($"\n{Help}\n> ");
        });

        while (true)
        {
            if (interactive) Console.Out.Write("> ");
            var line = await TypedLines.Console.ReadAsync(CancellationToken.None);
            if (line is null or "/bye" or "/exit" or "/quit") return ExitCode.Ok;
            if (line.Length == 0) continue;
            if (line is "/help" or "/?")
            {
                Console.Out.WriteLine(Help);
                continue;
            }
            using var stop = new CancellationTokenSource();
            Volatile.Write(ref answering, stop);
            try
            {
                if (line == "/clear") await clear();
                else await answer(line, stop.Token);
            }
            catch (OperationCanceledException)
            {
                Console.Out.WriteLine(" [stopped]");
            }
            catch (ModelException e)
            {
                Console.Out.WriteLine();
                Console.Error.WriteLine($"error: {e.Message}");
            }
            finally
            {
                Volatile.Write(ref answering, null);
            }
        }
    }
}
