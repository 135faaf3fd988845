using Appliance.Gateway.Identity;

namespace Appliance.Tests.Gateway.Identity;

public sealed class SecretTests
{
    [Fact]
    public void New_Tokens_AreLongAndDiffer()
    {
        var tokens = Enumerable.Range(0, 100).Select(_ => Secret.New()).ToHashSet();
        Assert.Equal(100, tokens.Count);
        Assert.All(tokens, token => Assert.Equal(43, token.Length));
    }
}
