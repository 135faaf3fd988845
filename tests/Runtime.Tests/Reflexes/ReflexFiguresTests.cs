namespace Runtime.Tests.Reflexes;

public sealed class ReflexFiguresTests
{
    [Fact]
    public void Ordinary_Sentences_CallNothing()
    {
        using var box = new ReflexSentences();
        var sentences = ReflexSentences.Ordinary();
        var wrong = sentences.Select(text => (Text: text, box.Hear(text)?.Reflex)).Where(heard => heard.Reflex is not null).ToList();
        foreach (var (text, reflex) in wrong) Console.WriteLine($"called {reflex!.Name} ({reflex.Source}): {text}");
        Console.WriteLine($"figure: reflexes, {sentences.Count} ordinary sentences: {wrong.Count} call one ({100.0 * wrong.Count / sentences.Count:0.00} %)");
        Assert.InRange(wrong.Count, 0, sentences.Count / 200);
    }

    [Fact]
    public void Commands_InThreeLanguages_CallWhatTheyMean()
    {
        using var box = new ReflexSentences();
        var commands = ReflexSentences.Commands().ToList();
        var heard = commands.Select(command => (command.Text, Meant: command.Reflex, Called: box.Hear(command.Text)?.Reflex.Name)).ToList();
        foreach (var (text, meant, called) in heard.Where(h => h.Called != h.Meant)) Console.WriteLine($"{meant} was meant and {called ?? "nothing"} called: {text}");
        var (called_, right) = (heard.Count(h => h.Called is not null), heard.Count(h => h.Called == h.Meant));
        Console.WriteLine($"figure: reflexes, {commands.Count} commands in three languages: precision {100.0 * right / called_:0.0} %, recall {100.0 * right / commands.Count:0.0} %");
        Assert.InRange(right, called_ * 0.995, called_);
        Assert.InRange(right, commands.Count * 0.9, commands.Count);
    }
}
