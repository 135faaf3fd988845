using System.Text;
using Runtime.Mcp;
using Runtime.Mcp.Transports;

namespace Runtime.Tests.Mcp;

/// <summary>Server-sent events, as they come over a network: in any pieces.</summary>
public sealed class EventReaderTests
{
    [Theory]
    [InlineData("data: a\n\n", "a")]
    [InlineData("data: a\ndata: b\r\n\r\ndata:c\r\rid: 7\nretry: 5\n\n", "a\nb|c")]
    [InlineData(": comment\nevent: message\ndata:  two blanks\n\n", " two blanks")]
    [InlineData("id: 1\ndata:\n\ndata: x\n\n", "x")]
    [InlineData("data: cut off", "")]
    [InlineData("data: ü→𝒳\n\n", "ü→𝒳")]
    public async Task Next_WhateverThePieces_GivesTheEvents(string text, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var size = 1; size <= bytes.Length; size++)
        {
            var (reader, events) = (new EventReader(new Pieces(bytes, size), 1000), new List<string>());
            while (await reader.NextAsync(default) is { } data) events.Add(data);
            Assert.Equal(expected, string.Join('|', events));
        }
    }

    [Fact]
    public async Task Next_TellsWhereToGoOnAndWhen()
    {
        var reader = new EventReader(new MemoryStream("id: a1\nretry: 250\ndata:\n\n"u8.ToArray()), 1000);
        Assert.Null(await reader.NextAsync(default));
        Assert.Equal(("a1", TimeSpan.FromMilliseconds(250)), (reader.LastId, reader.Retry));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(400)]
    public async Task Next_WithoutEnd_IsRefused(int lines)
    {
        var text = string.Concat(Enumerable.Repeat("data: " + new string('x', 2000 / lines) + "\n", lines));
        await Assert.ThrowsAsync<McpException>(() => new EventReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), 1000).NextAsync(default));
    }

    private sealed class Pieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
