namespace Foundation.LocalAzure.Azurite;

/// <summary>There is no Azurite on this machine, and the message says what is missing.</summary>
internal sealed class AzuriteMissingException(string sentence) : Exception(sentence);
