using Microsoft.Extensions.AI;
using Runtime.Tools.Images;

namespace Runtime.Tests.Tools.Images;

public sealed class ImageToolTests
{
    [Fact]
    public async Task Image_WithoutAModelThatSees_SaysSo()
    {
        using var bench = new ToolBench(null, null, new ImageTool(_ => Task.FromResult<IChatClient?>(null)));
        Assert.Contains("No model here can see pictures", await bench.ErrorAsync("image", """{"path":"x.png"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_GoesToTheModelThatSees_WhereItIsOne()
    {
        using var model = new Seeing();
        using var bench = new ToolBench(null, null, new ImageTool(_ => Task.FromResult<IChatClient?>(model)));
        File.WriteAllBytes(Path.Combine(bench.Workspace, "cat.txt"), [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 1]);
        bench.Put("no.png", "just text");
        var result = await bench.CallAsync("image", """{"path":"cat.txt","question":"What is it?"}""");
        Assert.Equal(("image/png 9 What is it?", true), (result.Text, result.IsData));
        Assert.Contains("is no PNG", await bench.ErrorAsync("image", """{"path":"no.png"}"""), StringComparison.Ordinal);
        Assert.Contains("outside", await bench.ErrorAsync("image", """{"path":"/etc/passwd"}"""), StringComparison.Ordinal);
        bench.Context = bench.Context with { IsTainted = true };
        Assert.True((await bench.CallAsync("image", """{"path":"cat.txt"}""")).IsRefused);
    }

    private sealed class Seeing : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            var contents = messages.Single().Contents;
            var picture = contents.OfType<DataContent>().Single();
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, $"{picture.MediaType} {picture.Data.Length} {contents.OfType<TextContent>().Single().Text}")));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
