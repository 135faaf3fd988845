using Runtime.Memory.Files;
using TestKit;

namespace Runtime.Tests.Memory;

public sealed class MarkdownChunksTests
{
    [Fact]
    public void Of_Headings_AreCarriedDown()
    {
        var chunks = MarkdownChunks.Of("# House\nintro\n## Garden\nroses\n## Cellar\nwine\n# Car\nblue\n").ToList();
        Assert.Equal(["House", "House › Garden", "House › Cellar", "Car"], chunks.Select(c => c.Heading));
        Assert.Equal([(1, 2), (3, 4), (5, 6), (7, 8)], chunks.Select(c => (c.FirstLine, c.LastLine)));
    }

    [Fact]
    public void Of_HeadingInAFence_IsText() => Assert.Single(MarkdownChunks.Of("```\n# not a heading\n```\nafter\n"));

    /// <summary>Whatever the text: no piece is too long, lines are in order, and no word is lost.</summary>
    [Fact]
    public void Of_RandomText_LosesNothing()
    {
        var random = new SeededRandom(3);
        string[] parts = ["# One\n", "## Two\n", "\n", "\n\n", "word ", "longer text of a line. ", "\r\n", "```\n", "- item\n", "漢字", new string('x', 1500)];
        for (var round = 0; round < 500; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(120)).Select(_ => parts[random.Next(parts.Length)]));
            var chunks = MarkdownChunks.Of(text).ToList();
            Assert.All(chunks, chunk => Assert.InRange(chunk.Text.Length, 1, MarkdownChunks.Longest + 1));
            Assert.Equal(Bare(text), Bare(string.Concat(chunks.Select(chunk => chunk.Text))));
            Assert.True(chunks.Zip(chunks.Skip(1)).All(pair => pair.First.LastLine <= pair.Second.FirstLine && pair.First.FirstLine <= pair.First.LastLine));
        }

        static string Bare(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
    }
}
