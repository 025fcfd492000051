namespace Foundation.Kernel;

/// <summary>Bounds of JSON in this process.</summary>
public static class JsonLimits
{
    /// <summary>How deep what a caller sends may be nested.</summary>
    public const int DepthMax = 64;

    /// <summary>
    /// How deep our own documents may be nested: they wrap callers' payloads (a run's state holds results which hold payloads), so
    /// reading them back must not fail where writing them did not. JSON contexts of stored rows set this as their <c>MaxDepth</c>.
    /// </summary>
    public const int StoredDepthMax = 256;
}
