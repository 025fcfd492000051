namespace Foundation.Embedded.Hosting;

/// <summary>The host cannot start, and the message says why and what to do, in one sentence for the person at the terminal.</summary>
internal sealed class StartException(string sentence, Exception? inner = null) : Exception(sentence, inner);
