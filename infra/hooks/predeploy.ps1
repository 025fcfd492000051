#!/usr/bin/env pwsh
# A role assignment holds only after seconds to minutes, and azd does not try again when the upload is answered with 403.
# So: wait until our own new role on the storage account holds. The app's roles were assigned at the same moment.
. (Join-Path $PSScriptRoot 'common.ps1')

$container = Get-Setting 'FOUNDATION_DEPLOYMENT_CONTAINER_URL'
for ($try = 1; ; $try++) {
    $status = Invoke-Azure 'GET' "${container}?restype=container&comp=list&maxresults=1" 'https://storage.azure.com/.default'
    if ($status -eq 200) { break }
    if (-not (Test-Passing $status)) { Stop-Hook "Storage answered $status." }
    if ($try -ge $retryLimit) {
        Stop-Hook @(
            "Storage still answers $status after ten minutes of waiting: run 'azd deploy' again.",
            'Who deploys needs the role Storage Blob Data Contributor on the storage account.')
    }
    if ($try -eq 1) { Write-Output 'Waiting until the new roles hold (up to ten minutes)...' }
    Start-Sleep -Seconds $retrySeconds
}

# Ours was fresh, so the app's is too, and each spreads on its own: give it four tries' time more.
if ($try -gt 1) { Start-Sleep -Seconds ($retrySeconds * 4) }
Write-Output "Roles hold. If the deployment is now refused with 403, the roles need a little longer: run 'azd deploy' again."
