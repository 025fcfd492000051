namespace Foundation.Protocols;

/// <summary>Where a post goes: a room, what it is asked, and about what.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="Verb">What it shall do, in the room's words.</param>
/// <param name="Subject">The thing, as text.</param>
public readonly record struct Address(string Room, string Verb, string Subject);

/// <summary>Where a post comes from: the receiver drops what it has already seen of a subject.</summary>
/// <param name="Subject">The sender's thing.</param>
/// <param name="Number">The subject's own transition number.</param>
public readonly record struct PostSource(string Subject, long Number);

/// <summary>
/// A durable call from one room to another, stored with the commit that causes it, delivered at least once right after it, in no
/// order. It carries a subject's state or cumulative count, never a delta; one that creates a row carries the id to create.
/// </summary>
public sealed record Post(Address To, PostSource From, ReadOnlyMemory<byte> Body);
