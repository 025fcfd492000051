using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Blobs;

/// <summary>What every <see cref="IBlobs"/> must do. Each test gets an empty one.</summary>
public abstract class BlobsConformance : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 8, 0, 0, 250, TimeSpan.Zero);
    private IBlobs? _blobs;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IBlobs Blobs => _blobs!;

    /// <summary>Empty blobs.</summary>
    protected abstract ValueTask<IBlobs> CreateBlobsAsync();

    public async ValueTask InitializeAsync() => _blobs = await CreateBlobsAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_blobs is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(5_000_001)]
    public async Task Put_ThenGet_GivesTheSameBytes(int length)
    {
        var content = Pattern(length);
        var info = Assert.IsType<BlobInfo>(await Blobs.PutAsync("dir/a b.bin", content, null, Now, Ct));

        Assert.Equal(("dir/a b.bin", (long)length), (info.Name, info.Length));
        Assert.NotEmpty(info.Tag);
        Assert.True((await GetAsync("dir/a b.bin")).Span.SequenceEqual(content));
        Assert.Equal([info], (await Blobs.ListAsync("", 10, null, Ct)).Items);
    }

    [Fact]
    public async Task Put_Again_ReplacesTheWhole()
    {
        var first = await Blobs.PutAsync("a", Pattern(300_000), null, Now, Ct);
        var second = await Blobs.PutAsync("a", "short"u8.ToArray(), null, Now, Ct);

        Assert.NotEqual(first!.Tag, second!.Tag);
        Assert.Equal("short"u8.ToArray(), (await GetAsync("a")).ToArray());
    }

    [Fact]
    public async Task Put_OnlyWhenAbsent_FailsWhenPresent()
    {
        Assert.NotNull(await Blobs.PutAsync("a", Pattern(1), "", Now, Ct));
        Assert.Null(await Blobs.PutAsync("a", Pattern(2), "", Now, Ct));
        Assert.Equal(1, (await GetAsync("a")).Length);
        Assert.True(await Blobs.DeleteAsync("a", Ct));
        Assert.NotNull(await Blobs.PutAsync("a", Pattern(3), "", Now, Ct));
    }

    [Fact]
    public async Task Put_IfMatch_WritesOnlyOverThatTag()
    {
        var first = await Blobs.PutAsync("a", Pattern(1), null, Now, Ct);
        var second = await Blobs.PutAsync("a", Pattern(2), first!.Tag, Now, Ct);

        Assert.NotNull(second);
        Assert.Null(await Blobs.PutAsync("a", Pattern(3), first.Tag, Now, Ct));
        Assert.Null(await Blobs.PutAsync("absent", Pattern(3), first.Tag, Now, Ct));
        Assert.Equal(2, (await GetAsync("a")).Length);
    }

    [Fact]
    public async Task Put_IfMatch_HasOneWinnerOfARace()
    {
        var first = await Blobs.PutAsync("a", Pattern(1), null, Now, Ct);
        var results = await Task.WhenAll(Enumerable.Range(2, 8).Select(async i =>
        {
            await Task.Yield();
            return await Blobs.PutAsync("a", Pattern(i), first!.Tag, Now, Ct);
        }));

        var winner = Assert.Single(results, r => r is not null);
        Assert.Equal(winner!.Length, (await GetAsync("a")).Length);
    }

    [Theory]
    [InlineData(0L, 10, 0, 10)]
    [InlineData(299_990L, 100, 299_990, 10)]
    [InlineData(65_530L, 70_000, 65_530, 70_000)]
    [InlineData(1000L, null, 1000, 299_000)]
    [InlineData(300_000L, 5, 0, 0)]
    [InlineData(900_000L, null, 0, 0)]
    [InlineData(5L, 0, 0, 0)]
    public async Task Get_OfARange_IsClippedAtTheEnd(long offset, int? length, int from, int count)
    {
        var content = Pattern(300_000);
        await Blobs.PutAsync("a", content, null, Now, Ct);

        var part = Assert.IsType<ReadOnlyMemory<byte>>(await Blobs.GetAsync("a", offset, length, Ct));
        Assert.True(part.Span.SequenceEqual(content.AsSpan(from, count)));
    }

    [Fact]
    public async Task Absent_IsNullOrFalse()
    {
        Assert.Null(await Blobs.GetAsync("a", 0, null, Ct));
        Assert.False(await Blobs.DeleteAsync("a", Ct));
        await Blobs.PutAsync("a", Pattern(200_000), null, Now, Ct);
        Assert.True(await Blobs.DeleteAsync("a", Ct));
        Assert.False(await Blobs.DeleteAsync("a", Ct));
        Assert.Null(await Blobs.GetAsync("a", 0, null, Ct));
        Assert.Empty((await Blobs.ListAsync("", 10, null, Ct)).Items);
    }

    [Fact]
    public async Task List_PagesUnderAPrefixInOrdinalOrder()
    {
        string[] names = ["a/1", "a/10", "a/2", "a", "b/1", "A/1", "a-1", "a/2/x"];
        foreach (var name in names)
        {
            await Blobs.PutAsync(name, Pattern(name.Length), null, Now, Ct);
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), await NamesAsync("", 3));
        Assert.Equal(["a/1", "a/10", "a/2", "a/2/x"], await NamesAsync("a/", 1));
        Assert.Equal(["a/1", "a/10", "a/2", "a/2/x"], await NamesAsync("a/", 100));
        Assert.Empty(await NamesAsync("c", 5));
    }

    [Fact]
    public async Task WrongArguments_Throw()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Blobs.PutAsync("", Pattern(1), null, Now, Ct));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Blobs.PutAsync(new string('n', 401), Pattern(1), null, Now, Ct));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Blobs.GetAsync("a", -1, null, Ct));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Blobs.ListAsync("", 0, null, Ct));
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Blobs.PutAsync("a", new byte[BlobLimits.BytesMax + 1], null, Now, Ct));
    }

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)(i + (i >> 8) + (i >> 16));
        }

        return bytes;
    }

    private async Task<ReadOnlyMemory<byte>> GetAsync(string name) =>
        Assert.IsType<ReadOnlyMemory<byte>>(await Blobs.GetAsync(name, 0, null, Ct));

    private async Task<List<string>> NamesAsync(string prefix, int limit)
    {
        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = await Blobs.ListAsync(prefix, limit, cursor, Ct);
            Assert.True(page.Items.Count <= limit);
            names.AddRange(page.Items.Select(b => b.Name));
            cursor = page.Next;
        }
        while (cursor is not null);
        return names;
    }
}
