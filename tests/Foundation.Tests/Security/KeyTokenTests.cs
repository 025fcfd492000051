using System.Security.Cryptography;
using Foundation.Kernel;
using Foundation.Security;
using Xunit;

namespace Foundation.Tests.Security;

public sealed class KeyTokenTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];
    private static readonly string Text = KeyToken.Write(new ResourceId((UInt128)1 << 100), Secret);

    [Fact]
    public void TryRead_WhatWriteWrote_GivesIdAndHash()
    {
        Span<byte> hash = stackalloc byte[32];
        Assert.True(KeyToken.TryRead(Text, out var id, hash));
        Assert.Equal(new ResourceId((UInt128)1 << 100), id);
        Assert.Equal(SHA256.HashData(Secret), hash.ToArray());
        Assert.StartsWith("fk_", Text, StringComparison.Ordinal);
        Assert.Equal(94, Text.Length);
    }

    public static TheoryData<string> Malformed =>
    [
        "", "fk_", Text[..^1], Text + "0", "xx_" + Text[3..], Text.Replace('_', '-'), Text[..^1] + "g", "fk_" + new string('~', 91),
        "fk_" + new string('Z', 26) + Text[29..], new string('é', 94),
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public void TryRead_OtherTexts_AreRefused(string text)
    {
        Span<byte> hash = stackalloc byte[32];
        Assert.False(KeyToken.TryRead(text, out _, hash));
    }
}
