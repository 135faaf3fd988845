using Runtime.Sessions;

namespace Runtime.Tests.Sessions;

public sealed class SessionKeyTests
{
    [Theory]
    [InlineData("main")]
    [InlineData("agent:main:telegram:direct:+4912345")]
    [InlineData("agent:main:matrix:!room=x:server.example")]
    [InlineData("agent:other-1:cron:1.2")]
    public void IsValid_WhatClientsUse_Is(string key) => Assert.True(SessionKey.IsValid(SessionKey.Normalize(key)));

    [Theory]
    [InlineData("../../x")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("con")]
    [InlineData("CON.txt")]
    [InlineData("agent:nul:main")]
    [InlineData(".")]
    [InlineData("x..y")]
    [InlineData("\u2024\u2024")]
    [InlineData("\uff0e\uff0e\uff0fx")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("agent:main:")]
    [InlineData("agent:Main:x")]
    [InlineData("agent::x")]
    [InlineData("agent:main")]
    public void IsValid_WhatCouldBeAPath_IsNot(string key) => Assert.False(SessionKey.IsValid(SessionKey.Normalize(key)));

    [Fact]
    public void IsValid_TooLong_IsNot() => Assert.False(SessionKey.IsValid("agent:main:" + new string('a', 4096)));
}
