"""Getting the image of a container onto its node, or saying at length why not."""

from typing import TYPE_CHECKING

from bot.demo.kubernetes.images import Image, find_image

if TYPE_CHECKING:
    from bot.demo.kubernetes.kubelet.container import ContainerRun

_FIRST_BACK_OFF, _LONGEST_BACK_OFF = 10.0, 300.0
_RESOLVING = 0.3  # seconds a registry takes to say no
_BETWEEN = 1.0  # seconds from the error to the word that it backs off


async def pull(container: "ContainerRun") -> None:
    """Return when the image is on the node, however long that takes."""
    image = find_image(container.spec["image"])
    kubelet, node = container.pod.kubelet, container.pod.node
    policy = container.spec.get("imagePullPolicy")
    present = _exists(container, image) and (image.everywhere or kubelet.has_image(node, image.reference))
    if policy != "Always" and present:
        said = f'Container image "{image.name}" already present on machine and can be accessed by the pod'
        container.say("Pulled", said)
        return
    if policy == "Never":
        await _never(container, image)
    kubelet.keep_image(node, await _fetch(container))


async def _fetch(container: "ContainerRun") -> str:
    """Fetch the image, which may become another one meanwhile; returns its full name."""
    clock, wait = container.pod.kubelet.clock, _FIRST_BACK_OFF
    while True:
        image = find_image(container.spec["image"])
        container.say("Pulling", f'Pulling image "{image.name}"')
        if _exists(container, image):
            seconds = 0.05 if image.everywhere else image.pull_seconds
            await clock.sleep(seconds)
            took = f"{int(seconds * 1000)}ms"
            said = f'Successfully pulled image "{image.name}" in {took} ({took} including waiting).'
            container.say("Pulled", f"{said} Image size: {image.size} bytes.")
            return image.reference
        await clock.sleep(_RESOLVING)
        unresolved = f'failed to resolve reference "{image.reference}": not found'
        why = f'failed to pull and unpack image "{image.reference}": {unresolved}'
        container.say("Failed", f'Failed to pull image "{image.name}": {why}', warning=True)
        container.say("Failed", "Error: ErrImagePull", warning=True)
        container.wait("ErrImagePull", why)
        await clock.sleep(_BETWEEN)
        container.say("BackOff", f'Back-off pulling image "{image.name}"')
        container.say("Failed", "Error: ImagePullBackOff", warning=True)
        container.wait("ImagePullBackOff", f'Back-off pulling image "{image.name}": ErrImagePull: {why}')
        await clock.sleep(wait)
        wait = min(wait * 2, _LONGEST_BACK_OFF)


def _exists(container: "ContainerRun", image: Image) -> bool:
    return container.pod.kubelet.trouble.exists(image)


async def _never(container: "ContainerRun", image: Image) -> None:
    """Wait for ever: the image is not here and may not be fetched."""
    said = f'Container image "{image.name}" is not present with pull policy of Never'
    while True:
        container.say("ErrImageNeverPull", said, warning=True)
        container.say("Failed", "Error: ErrImageNeverPull", warning=True)
        container.wait("ErrImageNeverPull", said)
        await container.pod.kubelet.clock.sleep(60)
